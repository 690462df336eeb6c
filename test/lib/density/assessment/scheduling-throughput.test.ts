import { expect, test } from 'vitest'
import { schedulingThroughput } from '../../../../lib/density/assessment/scheduling-throughput.ts'
import { trackedPod } from '../tracked-pods.ts'

const bound = (timesMs: readonly (number | undefined)[]) =>
  timesMs.map((scheduled, index) => trackedPod(`${index}`, scheduled === undefined ? {} : { scheduled }))

test('pods are counted in seconds from the first binding on, idle seconds too', () => {
  const [metric] = schedulingThroughput(bound([5000.5, 5100, 5999, 6000.5, 9100, undefined, 9999]))
  expect(metric).toMatchObject({
    name: 'scheduling_throughput',
    unit: '1/s',
    source: 'watch',
    samples: [3, 1, 0, 0, 2],
    statistics: { count: 5, min: 0, max: 3, p50: 1 },
  })
})

test('the order in which pods were created does not matter', () => {
  expect(schedulingThroughput(bound([2500, 100]))[0]?.samples).toEqual([1, 0, 1])
})

test('no pod bound is no figure, not 0', () => {
  expect(schedulingThroughput(bound([undefined]))).toEqual([])
})
