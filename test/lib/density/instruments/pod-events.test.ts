import { expect, test } from 'vitest'
import type { Instrument } from '../../../../lib/density/instruments/instrument.ts'
import { watchPodEvents } from '../../../../lib/density/instruments/pod-events.ts'
import type { Reading } from '../../../../lib/density/instruments/reading.ts'
import type { DensitySession } from '../../../../lib/density/session.ts'
import type { WatchEvent } from '../../../../lib/kube/collections/watch.ts'
import { ownNamespaces } from '../../../../lib/run/run-scope.ts'
import type { EventObject } from '../../../../lib/workload/pods/pod-event.ts'
import { trackPods } from '../../../../lib/workload/pods/pod-tracker.ts'
import { refusal } from '../../workload/answering-client.ts'
import { pod, readyPod } from '../../workload/pods.ts'
import { kubeletEvent } from '../pod-event.ts'

const NOON = Date.parse('2026-01-01T12:00:00Z')
const NAMESPACE = 'perf-abc234-0'
const PULLED = 'Successfully pulled image "x" in 200ms (250ms including waiting). Image size: 7 bytes.'
const REFUSED = '0/2 nodes are available: 2 Too many pods.'

interface Fake {
  session: DensitySession
  asked: string[]
  /** All events were taken from the watch. */
  delivered: Promise<void>
}

/** A session whose client answers a watch with these events. */
function fakeSession(events: readonly EventObject[], { refuse }: { refuse?: number } = {}): Fake {
  const asked: string[] = []
  const { promise: delivered, resolve: allTaken } = Promise.withResolvers<void>()
  const client = {
    async *listPages(path: string, { limit }: { limit: number }) {
      asked.push(`list ${path} ${limit}`)
      if (refuse !== undefined) allTaken()
      if (refuse !== undefined) throw refusal(refuse, 'events is forbidden')
      yield { items: [], resourceVersion: '42' }
    },
    async *watch(
      path: string,
      options: { fieldSelector: string; resourceVersion: string; signal: AbortSignal },
    ): AsyncGenerator<WatchEvent<EventObject>> {
      asked.push(`watch ${path} ${options.fieldSelector} ${options.resourceVersion}`)
      for (const [index, object] of events.entries()) {
        yield { type: 'ADDED', object, receivedMs: 2000 + index, bytes: 0 }
      }
      allTaken()
      await new Promise((_, reject) => options.signal.addEventListener('abort', () => reject(options.signal.reason)))
    },
  }
  const session = {
    client,
    plan: { scope: ownNamespaces('abc234', 1) },
    tracker: trackPods(),
    signal: new AbortController().signal,
  } as unknown as DensitySession
  return { session, asked, delivered }
}

const inNamespace = <T extends { metadata: object }>(object: T, uid = ''): T => ({
  ...object,
  metadata: { ...object.metadata, namespace: NAMESPACE, uid },
})

async function read({ session, delivered }: Fake): Promise<Reading> {
  const instrument: Instrument = await watchPodEvents(session)
  try {
    await delivered
    return await instrument.read()
  } finally {
    await instrument.stop()
  }
}

test('events of the pods become metrics, details and findings; others do not count', async () => {
  const made = (event: EventObject) => inNamespace(event)
  const fake = fakeSession([
    made(kubeletEvent('a', 'Pulling', NOON + 1000)),
    made(kubeletEvent('a', 'Pulled', NOON + 1300, { message: PULLED })),
    made(kubeletEvent('a', 'Started', NOON + 1400)),
    made(kubeletEvent('stranger', 'Pulled', NOON + 1500, { message: PULLED })),
    kubeletEvent('a', 'Pulled', NOON + 1600, { message: PULLED }),
    made(kubeletEvent('b', 'FailedMount', NOON + 1700, { type: 'Warning', message: 'no such secret' })),
    made({ ...kubeletEvent('a', 'FailedScheduling', NOON, { type: 'Warning', message: REFUSED }), source: {} }),
  ])
  const { tracker } = fake.session
  tracker.add(NAMESPACE, 'a', 500)
  tracker.add(NAMESPACE, 'b', 500)
  tracker.observe('MODIFIED', inNamespace(readyPod('a'), 'a'), 3000)
  tracker.observe('MODIFIED', inNamespace(pod('b', { nodeName: 'node-a' }), 'b'), 3000)
  tracker.observe(
    'MODIFIED',
    inNamespace(pod('b', { nodeName: 'node-a', status: { containerStatuses: [] } }), 'b'),
    3000,
  )
  const { metrics, findings, details } = await read(fake)
  const samples = Object.fromEntries(metrics.map(({ name, samples }) => [name, samples]))
  // The last event of node-a came 304 ms after it was made, the fastest: 2005 - 1700.
  expect(samples).toEqual({
    pod_sandbox_ready_latency: [expect.closeTo(0.805, 6)],
    pod_started_latency: [expect.closeTo(1.205, 6)],
    pod_image_pull_latency: [0.2],
    pod_image_pull_wait: [0.05],
  })
  expect(metrics.every(({ source }) => source === 'events')).toBe(true)
  expect(details).toEqual({
    imagePulls: { pulled: 1, alreadyPresent: 0, images: [{ image: 'x', pulls: 1, bytes: 7 }] },
  })
  expect(findings).toEqual([
    {
      severity: 'info',
      code: 'SchedulingDelayed',
      message: '1 pod found no node at first: Too many pods on 2 of 2 nodes',
      objects: [`${NAMESPACE}/a`],
      count: 1,
    },
    {
      severity: 'warning',
      code: 'PodEvents',
      message: 'FailedMount: no such secret',
      objects: [`${NAMESPACE}/b`],
      count: 1,
    },
  ])
  expect(fake.asked).toEqual([
    'list /api/v1/events 1',
    'watch /api/v1/events involvedObject.kind=Pod,reason!=Scheduled,reason!=Created,reason!=Killing 42',
  ])
})

test('a ready pod whose kubelet writes events but none of its image is named, not counted as 0', async () => {
  const fake = fakeSession([inNamespace(kubeletEvent('a', 'Started', NOON))])
  fake.session.tracker.add(NAMESPACE, 'a', 500)
  fake.session.tracker.observe('MODIFIED', inNamespace(readyPod('a'), 'a'), 3000)
  const { metrics, findings } = await read(fake)
  expect(metrics.map(({ name }) => name)).toEqual(['pod_started_latency'])
  expect(findings).toMatchObject([{ code: 'ImagePullUnknown', count: 1, objects: [`${NAMESPACE}/a`] }])
})

test('pods of nodes that write no events are not waited for and no finding', async () => {
  const fake = fakeSession([])
  fake.session.tracker.add(NAMESPACE, 'a', 500)
  fake.session.tracker.observe('MODIFIED', inNamespace(readyPod('a'), 'a'), 3000)
  expect(await read(fake)).toMatchObject({ metrics: [], findings: [] })
})

test('what the status of a pod says itself is not said twice', async () => {
  const fake = fakeSession([
    inNamespace(kubeletEvent('a', 'Failed', NOON, { type: 'Warning', message: 'Failed to pull image' })),
  ])
  const waiting = [{ name: 'main', state: { waiting: { reason: 'ErrImagePull', message: 'not found' } } }]
  fake.session.tracker.add(NAMESPACE, 'a', 500)
  const failed = pod('a', { nodeName: 'node-a', status: { containerStatuses: waiting } })
  fake.session.tracker.observe('MODIFIED', inNamespace(failed, 'a'), 3000)
  expect((await read(fake)).findings).toEqual([])
})

test('without the right to read events there is a finding that says what to allow', async () => {
  const { metrics, findings } = await read(fakeSession([], { refuse: 403 }))
  expect(metrics).toEqual([])
  expect(findings).toMatchObject([
    { severity: 'info', code: 'EventsUnreadable', advice: 'have list and watch allowed on events' },
  ])
})
