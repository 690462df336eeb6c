import { expect, test } from 'vitest'
import { lateSignal } from '../../../lib/run/late-signal.ts'

test('follows later, with the same reason', async () => {
  const controller = new AbortController()
  const late = lateSignal(controller.signal, 10)
  const reason = new Error('enough')
  controller.abort(reason)
  expect(late.aborted).toBe(false)
  await expect.poll(() => late.aborted).toBe(true)
  expect(late.reason).toBe(reason)
})

test('follows also what was over before', async () => {
  const late = lateSignal(AbortSignal.abort('over'), 10)
  expect(late.aborted).toBe(false)
  await expect.poll(() => late.reason).toBe('over')
})
