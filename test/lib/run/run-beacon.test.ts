import { expect, onTestFinished, test, vi } from 'vitest'
import type { KubeClient } from '../../../lib/kube/client.ts'
import { findRuns } from '../../../lib/run/find-runs.ts'
import { CONFIG_MAPS, PODS } from '../../../lib/run/resource.ts'
import { beaconAnnotations, beaconPath, createBeacon, startHeartbeat } from '../../../lib/run/run-beacon.ts'
import { existingNamespace, ownNamespaces } from '../../../lib/run/run-scope.ts'
import { readServerClock } from '../../../lib/run/server-clock.ts'
import { fakeCluster, refuse } from './fake-cluster.ts'

const signal = new AbortController().signal
const clock = () => new Date('2026-11-20T10:00:00Z')
const options = { clock, command: 'kubectl perf density', keep: false, resources: [PODS, CONFIG_MAPS] }

test('whoever looks for runs finds what the run has written', async () => {
  const cluster = fakeCluster()
  await createBeacon(cluster.client, existingNamespace('aaaaaa', 'team-a'), options, signal)
  const [run] = await findRuns(cluster.client, 'team-a', signal)
  expect(run).toMatchObject({ command: options.command, resources: options.resources, kept: false })
  expect(run?.heartbeatMs).toBe(clock().getTime())
  expect(beaconAnnotations({ ...options, keep: true })).toHaveProperty('kubectl-perf/keep', 'true')
  expect(beaconAnnotations(options)).not.toHaveProperty('kubectl-perf/keep')
})

test('the heartbeat goes on when one beat fails, and stops when it is disposed of', async () => {
  const cluster = fakeCluster()
  const scope = ownNamespaces('aaaaaa', 2)
  let beats = 0
  cluster.answer = () => {
    beats += 1
    if (beats === 1) refuse(500)
  }
  const heartbeat = startHeartbeat(cluster.client, scope, clock, 5)
  await expect.poll(() => beats).toBeGreaterThan(2)
  await heartbeat[Symbol.asyncDispose]()
  const before = beats
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(beats).toBe(before)
  expect(cluster.requests[0]).toBe(
    `PATCH ${beaconPath(scope)} {"metadata":{"annotations":{"kubectl-perf/heartbeat":"2026-11-20T10:00:00.000Z"}}}`,
  )
})

test('the clock of this machine is set back: a run that lives does not look dead', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const trueMs = Date.now()
  const beats: number[] = []
  const client = {
    request: async () => ({ headers: { date: new Date(trueMs).toUTCString() } }),
    async patch(_: string, { metadata }: { metadata: { annotations: Record<string, string> } }) {
      beats.push(Date.parse(metadata.annotations['kubectl-perf/heartbeat'] ?? ''))
    },
  } as unknown as KubeClient
  const heartbeat = startHeartbeat(client, ownNamespaces('aaaaaa', 1), () => new Date(), 5)
  onTestFinished(() => heartbeat[Symbol.asyncDispose]())
  await expect.poll(() => beats.length).toBeGreaterThan(1)
  vi.setSystemTime(trueMs - 3_600_000)
  const before = beats.length
  await expect.poll(() => beats.length).toBeGreaterThan(before + 2)
  expect(Math.min(...beats)).toBeGreaterThanOrEqual(trueMs - 1000)
})

test.each([
  ['ahead', 90_000],
  ['behind', -3_600_000],
])('signs of life are in the time of the API server, also when it is %s', async (_, offsetMs) => {
  const startMs = Date.now()
  const date = new Date(startMs + offsetMs).toUTCString()
  const now = await readServerClock(answering({ date }), signal)
  const early = now().getTime() - (Date.now() + offsetMs)
  // Half a second for what the header cuts off, and this test takes some time too.
  expect(Math.abs(early)).toBeLessThanOrEqual(501 + Date.now() - startMs)
})

test('a server that does not tell the time leaves that of this machine', async () => {
  const now = await readServerClock(answering({}), signal)
  const [beforeMs, toldMs, afterMs] = [Date.now(), now().getTime(), Date.now()]
  expect(toldMs).toBeGreaterThanOrEqual(beforeMs)
  expect(toldMs).toBeLessThanOrEqual(afterMs)
})

function answering(headers: Record<string, string>): KubeClient {
  return { request: async () => ({ headers }) } as unknown as KubeClient
}
