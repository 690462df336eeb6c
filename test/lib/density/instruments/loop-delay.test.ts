import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { monitorLoopDelay, watchResolution } from '../../../../lib/density/instruments/loop-delay.ts'

function block(durationMs: number): void {
  const untilMs = performance.now() + durationMs
  while (performance.now() < untilMs);
}

test('what keeps the event loop from its work is seen, and each lap begins anew', async () => {
  const monitor = monitorLoopDelay()
  try {
    await sleep(50)
    monitor.lap()
    await sleep(50)
    block(150)
    await sleep(30)
    const busy = monitor.lap()
    expect(monitor.lap()).toBeUndefined()
    expect(busy?.max).toBeGreaterThan(0.1)
    expect(busy?.p99).toBeGreaterThan(0.1)
  } finally {
    monitor[Symbol.dispose]()
  }
})

test('the watch is as fine as a millisecond, or as the process is quick', () => {
  expect(watchResolution(undefined)).toBe(0.001)
  expect(watchResolution({ p99: 0.0002, max: 0.5 })).toBe(0.001)
  expect(watchResolution({ p99: 0.02, max: 0.5 })).toBe(0.02)
})
