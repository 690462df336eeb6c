import { expect, test } from 'vitest'
import { createWayLog } from '../../../../lib/acceptance/services/way-log.ts'

const address = { path: 'cluster-ip', node: 'node-a' } as const
const name = { path: 'dns-name', node: 'node-a' } as const
const times = { createdMs: 1000, endpointReadyMs: 1040 }
const reached = (atMs: number, isFirstAttempt = false) => ({ atMs, isFirstAttempt, resolutionSeconds: 0.06 })

test('latencies since the creation and since the first ready endpoint, with the coarsest resolution', () => {
  const log = createWayLog(30_000)
  expect(log.reached(address, reached(1100), times)).toBe(0.1)
  log.reached(address, { ...reached(1300), resolutionSeconds: 0.01 }, times)
  expect(
    log
      .metrics()
      .map(({ labels, samples, statistics, resolution }) => [labels.since, samples ?? statistics.value, resolution]),
  ).toEqual([
    ['created', [0.1, 0.3], 0.06],
    ['endpoint-ready', [0.06, 0.26], 0.06],
    [undefined, 0, undefined],
  ])
  expect(log.findings()).toEqual([])
})

test('a connection before the watch showed the endpoint took no time since then', () => {
  const log = createWayLog(30_000)
  log.reached(address, reached(1030), times)
  expect(log.metrics()[1]?.samples).toEqual([0])
})

test('a way that does not work has no latency, and is told with its limit', () => {
  const log = createWayLog(30_000)
  expect(log.hasFailed(address)).toBe(false)
  log.failed(address)
  expect(log.hasFailed(address)).toBe(true)
  expect(log.metrics().map(({ name: metric, statistics }) => [metric, statistics])).toEqual([
    ['service_unreachable', { value: 1 }],
  ])
  expect(log.findings()).toMatchObject([
    {
      severity: 'error',
      code: 'ServiceUnreachable',
      message: 'the cluster IP of a new Service, from a pod on node-a, did not work within 30s',
    },
  ])
})

test('what worked at the first attempt may have worked before, but for names, which are tried late', () => {
  const log = createWayLog(30_000)
  log.reached(address, reached(1100, true), times)
  log.reached(address, reached(1100), times)
  log.reached(name, reached(1110, true), times)
  expect(log.findings().map(({ code, message }) => [code, message])).toEqual([
    ['ReachableAtOnce', '1 of 2 ways worked at the first attempt: they may have worked a little earlier still'],
  ])
})
