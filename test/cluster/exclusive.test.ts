import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { exclusively } from './exclusive.ts'

test('lets one in at a time, and gives what the action gives', async () => {
  const name = randomUUID()
  let inside = 0
  const enter = (value: number) =>
    exclusively(name, async () => {
      inside += 1
      expect(inside).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 20))
      inside -= 1
      return value
    })
  expect(await Promise.all([enter(1), enter(2), enter(3)])).toEqual([1, 2, 3])
})

test('is free again after an error', async () => {
  const name = randomUUID()
  await expect(exclusively(name, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(await exclusively(name, async () => 'in')).toBe('in')
})

test('waits for another process, and is free when that is killed', async () => {
  const name = randomUUID()
  const script = `import { exclusively } from '${new URL('exclusive.ts', import.meta.url).href}'
    await exclusively('${name}', () => new Promise(() => { console.log('in'); setInterval(() => {}, 1000) }))`
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise((resolve) => holder.stdout.once('data', resolve))
  let waits = 0
  const entered = exclusively(
    name,
    async () => 'in',
    () => {
      waits += 1
      if (waits === 2) holder.kill('SIGKILL')
    },
  )
  expect(await entered).toBe('in')
  expect(waits).toBeGreaterThanOrEqual(2)
})
