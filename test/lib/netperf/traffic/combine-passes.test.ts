import { expect, test } from 'vitest'
import type { Pass } from '../../../../lib/netperf/engines/engine.ts'
import type { Reading, RequestReading } from '../../../../lib/netperf/reading.ts'
import { combinePasses } from '../../../../lib/netperf/traffic/combine-passes.ts'

const reading = (requests?: RequestReading): Reading => ({ tool: 'x', flows: [], ...(requests && { requests }) })
const latency = (p50: number) => ({ count: 100, p50, resolutionSeconds: 1e-5 })

test('one pass is the reading itself; none is no reading', () => {
  const single = reading()
  expect(combinePasses(new Map<Pass, Reading>([['measure', single]]))).toBe(single)
  expect(combinePasses(new Map())).toBeUndefined()
})

test('rate of the one, latency of the other, errors of both', () => {
  const rate = reading({ seconds: 10, completed: 5000, errors: { '503': 2 }, latency: latency(0.2) })
  const openLoop = { requestedPerSecond: 350, isKept: true }
  const paced = reading({
    seconds: 10,
    completed: 3500,
    errors: { '503': 1, '-1': 4 },
    latency: latency(0.01),
    openLoop,
  })
  expect(
    combinePasses(
      new Map<Pass, Reading>([
        ['rate', rate],
        ['latency', paced],
      ]),
    )?.requests,
  ).toEqual({
    seconds: 10,
    completed: 5000,
    errors: { '503': 3, '-1': 4 },
    latency: latency(0.01),
    openLoop,
  })
})

test('a closed loop’s latency does not stand in for one that is missing', () => {
  const rate = reading({ seconds: 1, completed: 5, errors: {}, latency: latency(0.2) })
  const paced = reading({ seconds: 1, completed: 3, errors: {} })
  const combined = combinePasses(
    new Map<Pass, Reading>([
      ['rate', rate],
      ['latency', paced],
    ]),
  )
  expect(combined?.requests).toEqual({ seconds: 1, completed: 5, errors: {} })
})
