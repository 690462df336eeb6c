import { watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { instancesOf } from './inotify-room.ts'

test('counts the instances that a process has', () => {
  const self = String(process.pid)
  const before = instancesOf(self)
  const watcher = watch(tmpdir())
  // One serves all the watches of a process.
  expect(instancesOf(self)).toBe(Math.max(1, before))
  watcher.close()
  expect(instancesOf('1234567890')).toBe(0)
})
