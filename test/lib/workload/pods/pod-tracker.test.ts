import { expect, test } from 'vitest'
import { trackPods } from '../../../../lib/workload/pods/pod-tracker.ts'
import { isLostPod } from '../../../../lib/workload/pods/tracked-pod.ts'
import { pod, readyPod } from '../pods.ts'

const never = new AbortController().signal

test('each milestone is stamped with the first event that shows it', () => {
  const passed: unknown[] = []
  const tracker = trackPods()
  tracker.subscribe(({ name }, milestone, atMs) => passed.push([name, milestone, atMs]))
  tracker.add('ns', 'a', 100)
  tracker.observe('ADDED', pod('a'), 110)
  tracker.observe('MODIFIED', pod('a', { nodeName: 'node-a' }), 120)
  tracker.observe('MODIFIED', pod('a', { nodeName: 'node-a' }), 125)
  tracker.observe('MODIFIED', readyPod('a'), 130)
  tracker.observe('MODIFIED', readyPod('a'), 140)
  expect(passed).toEqual([
    ['a', 'scheduled', 120],
    ['a', 'sandboxReady', 130],
    ['a', 'initialized', 130],
    ['a', 'started', 130],
    ['a', 'ready', 130],
  ])
  const [tracked] = tracker.pods()
  expect(tracked).toMatchObject({
    sentMs: 100,
    node: 'node-a',
    server: { passed: { ready: Date.parse('2026-01-01T00:00:04Z') } },
  })
  expect(tracked).not.toHaveProperty('reason')
})

test('counts follow the pods', () => {
  const tracker = trackPods()
  for (const name of ['a', 'b', 'c', 'd']) tracker.add('ns', name, 0)
  expect(tracker.counts).toEqual({
    tracked: 4,
    expected: 4,
    present: 4,
    scheduled: 0,
    ready: 0,
    unschedulable: 0,
    failed: 0,
    gone: 0,
  })
  tracker.observe('ADDED', readyPod('a'), 1)
  tracker.observe('ADDED', pod('b', { nodeName: 'n', status: { phase: 'Failed', reason: 'OutOfpods' } }), 1)
  tracker.observe('ADDED', pod('c'), 1)
  tracker.forget('ns', 'd')
  expect(tracker.counts).toMatchObject({ tracked: 3, expected: 3, scheduled: 2, ready: 1, failed: 1, gone: 0 })
  tracker.observe('DELETED', readyPod('a'), 2)
  tracker.observe('DELETED', readyPod('a'), 3)
  // What is gone is neither scheduled nor ready any more, and nobody of the load has deleted it.
  expect(tracker.counts).toMatchObject({ tracked: 3, scheduled: 1, ready: 0, failed: 2, gone: 1 })
})

test('a pod that goes is a failure unless the load has deleted it, or its namespace', () => {
  const tracker = trackPods()
  for (const name of ['a', 'b', 'c']) {
    tracker.add('ns', name, 0)
    tracker.observe('ADDED', readyPod(name), 1)
  }
  tracker.expectDeletion('ns', { pod: 'a' })
  tracker.observe('DELETED', readyPod('a'), 2)
  expect(tracker.counts).toMatchObject({ failed: 0, gone: 1 })
  tracker.observe('DELETED', readyPod('b'), 3)
  expect(tracker.counts).toMatchObject({ failed: 1, gone: 2 })
  expect(tracker.pods().map(isLostPod)).toEqual([false, true, false])
  tracker.expectDeletion('ns')
  tracker.observe('DELETED', readyPod('c'), 4)
  expect(tracker.counts).toMatchObject({ failed: 1, gone: 3 })
})

test('a pod that the load deletes does not count as being there from the request on', () => {
  const tracker = trackPods()
  for (const name of ['a', 'b']) tracker.add('ns', name, 0)
  tracker.observe('ADDED', readyPod('a'), 1)
  tracker.observe('ADDED', pod('b', { nodeName: 'n' }), 1)
  tracker.expectDeletion('ns', { pod: 'a' })
  expect(tracker.counts).toMatchObject({ ready: 0, scheduled: 1, gone: 0 })
  tracker.expectDeletion('ns', { pod: 'b' })
  expect(tracker.counts).toMatchObject({ scheduled: 0 })
  expect(tracker.waiting).toEqual(new Map())
  tracker.observe('DELETED', readyPod('a'), 2)
  expect(tracker.counts).toMatchObject({ ready: 0, failed: 0, gone: 1 })
})

test('the pods of an owner that the load deletes go with it, and nobody else’s', () => {
  const tracker = trackPods()
  tracker.expect(4)
  const owned = (name: string, kind: string, owner: string, hash?: string) => {
    const { metadata, ...rest } = readyPod(name)
    const labels = hash === undefined ? {} : { 'pod-template-hash': hash }
    return { ...rest, metadata: { ...metadata, labels, ownerReferences: [{ kind, name: owner, controller: true }] } }
  }
  tracker.observe('ADDED', owned('a', 'ReplicaSet', 'web-1-5f', '5f'), 1)
  tracker.observe('ADDED', owned('b', 'ReplicaSet', 'web-1-1-5f', '5f'), 1)
  tracker.observe('ADDED', owned('c', 'StatefulSet', 'web-1'), 1)
  tracker.observe('ADDED', owned('d', 'ReplicaSet', 'web-1'), 1)
  const departing = (owner: string) => tracker.expectDeletion('ns', { owner }).map(({ name }) => name)
  expect(departing('deployments/web-1')).toEqual(['a'])
  expect(departing('replicasets/web-1')).toEqual(['d'])
  expect(departing('statefulsets/web-1')).toEqual(['c'])
  expect(departing('deployments/web-1')).toEqual([])
  expect(tracker.counts).toMatchObject({ ready: 1, present: 1, gone: 0, expected: 4 })
})

test('why a pod was not ready stays, whatever it looks like while all pods go', () => {
  const tracker = trackPods()
  tracker.add('ns', 'a', 0)
  const scheduled = (reason: string) => ({ conditions: [{ type: 'PodScheduled', status: 'False', reason }] })
  tracker.observe('ADDED', pod('a', { status: scheduled('Unschedulable') }), 1)
  tracker.expectDeletions()
  tracker.observe('MODIFIED', pod('a', { status: scheduled('SchedulerError') }), 2)
  tracker.observe('MODIFIED', readyPod('a'), 3)
  tracker.observe('DELETED', readyPod('a'), 4)
  expect(tracker.pods()).toMatchObject([{ reason: { reason: 'Unschedulable' }, passedMs: {}, goneMs: 4 }])
})

test('a pod that was deleted before it was ready has failed', () => {
  const tracker = trackPods()
  tracker.add('ns', 'a', 0)
  tracker.observe('DELETED', pod('a'), 5)
  expect(tracker.counts).toMatchObject({ failed: 1, gone: 1, ready: 0 })
})

test('a pod that is being deleted passes no milestone, and its reason stays what it was', () => {
  const tracker = trackPods()
  tracker.add('ns', 'a', 0)
  const unpullable = [{ name: 'main', state: { waiting: { reason: 'ErrImagePull', message: 'not found' } } }]
  tracker.observe('ADDED', pod('a', { nodeName: 'n', status: { containerStatuses: unpullable } }), 1)
  const ended = [{ name: 'main', state: { terminated: { reason: 'ContainerStatusUnknown', exitCode: 137 } } }]
  const last = pod('a', { nodeName: 'n', status: { phase: 'Failed', containerStatuses: ended } })
  tracker.observe('MODIFIED', { ...last, metadata: { ...last.metadata, deletionTimestamp: '2026-01-01T00:00:09Z' } }, 9)
  const [tracked] = tracker.pods()
  expect(tracked?.passedMs).toEqual({ scheduled: 1 })
  expect(tracked?.reason).toEqual({ reason: 'ErrImagePull', message: 'not found', isFinal: true })
})

test('a pod that was ready and crashes keeps its figures and is ready no more, until it recovers', () => {
  const tracker = trackPods()
  for (const name of ['a', 'b', 'c']) {
    tracker.add('ns', name, 0)
    tracker.observe('ADDED', readyPod(name), 1)
  }
  const notReady = [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }]
  const after = (name: string, parts: object) =>
    tracker.observe('MODIFIED', pod(name, { nodeName: 'node-a', status: { conditions: notReady, ...parts } }), 2)
  const waiting = (reason: string) => ({ containerStatuses: [{ name: 'main', state: { waiting: { reason } } }] })
  // A probe that fails for a while, a container that is started again, and a pod whose work is done are no faults.
  after('a', {})
  after('a', { containerStatuses: [{ name: 'main', state: { terminated: { reason: 'Error', exitCode: 1 } } }] })
  after('b', { phase: 'Succeeded' })
  expect(tracker.counts).toMatchObject({ ready: 3, failed: 0 })
  after('a', waiting('CrashLoopBackOff'))
  after('c', { phase: 'Failed', reason: 'Evicted' })
  expect(tracker.counts).toMatchObject({ ready: 1, failed: 2, scheduled: 3 })
  expect(Object.fromEntries(tracker.waiting)).toEqual({ CrashLoopBackOff: 1, Evicted: 1 })
  expect(tracker.pods().map(({ passedMs, reason }) => [passedMs.ready, reason?.reason])).toEqual([
    [1, 'CrashLoopBackOff'],
    [1, undefined],
    [1, 'Evicted'],
  ])
  tracker.observe('MODIFIED', readyPod('a'), 3)
  expect(tracker.counts).toMatchObject({ ready: 2, failed: 1 })
  tracker.expectDeletion('ns', { pod: 'b' })
  after('b', waiting('CrashLoopBackOff'))
  expect(tracker.counts).toMatchObject({ ready: 1, failed: 1 })
})

test('a container that recovers from a crash is no failure any more', () => {
  const tracker = trackPods()
  tracker.add('ns', 'a', 0)
  const crashed = [{ name: 'main', state: { waiting: { reason: 'CrashLoopBackOff' } } }]
  tracker.observe('ADDED', pod('a', { nodeName: 'n', status: { containerStatuses: crashed } }), 1)
  expect(tracker.counts.failed).toBe(1)
  tracker.observe('MODIFIED', readyPod('a'), 2)
  expect(tracker.counts).toMatchObject({ failed: 0, ready: 1 })
})

test("pods that nobody asked for are a controller's, and run from when they are first seen", () => {
  const tracker = trackPods()
  tracker.expect(2)
  tracker.observe('ADDED', pod('x-1'), 5)
  tracker.observe('MODIFIED', readyPod('x-1'), 9)
  tracker.observe('DELETED', pod('never-seen'), 9)
  expect(tracker.counts).toMatchObject({ tracked: 1, expected: 2, ready: 1 })
  expect(tracker.pods()).toMatchObject([{ name: 'x-1', controlled: true, sentMs: 5, passedMs: { ready: 9 } }])
})

test('the loss of a pod is no failure when a controller replaces it or when pods are to go', () => {
  const tracker = trackPods()
  tracker.observe('ADDED', pod('x-1'), 5)
  tracker.observe('DELETED', pod('x-1'), 6)
  tracker.add('ns', 'own', 0)
  tracker.expectDeletions()
  tracker.observe('DELETED', pod('own'), 7)
  expect(tracker.counts).toMatchObject({ failed: 0, gone: 2 })
})

test('a name that is used again begins a pod anew, and the earlier one keeps its figures', () => {
  const tracker = trackPods()
  tracker.add('ns', 'a', 0)
  tracker.observe('ADDED', readyPod('a'), 5)
  tracker.observe('DELETED', readyPod('a'), 8)
  tracker.add('ns', 'a', 10)
  tracker.observe('ADDED', readyPod('a'), 12)
  expect(tracker.pods().map(({ sentMs, passedMs, goneMs }) => [sentMs, passedMs.ready, goneMs])).toEqual([
    [0, 5, 8],
    [10, 12, undefined],
  ])
})

test('until resolves with the event that satisfies it, and at once when it holds already', async () => {
  const tracker = trackPods()
  tracker.add('ns', 'a', 0)
  let resolved = false
  const ready = tracker.until(({ ready }) => ready === 1, never).then(() => (resolved = true))
  await Promise.resolve()
  expect(resolved).toBe(false)
  tracker.observe('ADDED', readyPod('a'), 1)
  await ready
  await tracker.until(({ tracked }) => tracked === 1, never)
})

test("until rejects with the signal's reason", async () => {
  const controller = new AbortController()
  const waiting = trackPods().until(() => false, controller.signal)
  controller.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  await expect(trackPods().until(() => false, controller.signal)).rejects.toThrow('enough')
})

test('after missed events a fresh list tells what is ready and what is gone', () => {
  const tracker = trackPods()
  for (const name of ['a', 'b', 'unseen']) tracker.add('ns', name, 0)
  tracker.observe('ADDED', pod('a'), 1)
  tracker.observe('ADDED', readyPod('b'), 1)
  tracker.resync([readyPod('a')], 9)
  expect(tracker.counts).toMatchObject({ tracked: 3, scheduled: 1, ready: 1, failed: 1, gone: 1 })
  const [first, second] = tracker.pods()
  expect(first?.passedMs.ready).toBe(9)
  expect(second?.goneMs).toBe(9)
})

test('pods that wait are counted by what they wait for now', () => {
  const tracker = trackPods()
  for (const name of ['a', 'b', 'c']) tracker.add('ns', name, 0)
  expect(tracker.waiting).toEqual(new Map())
  const refused = (message: string) => ({
    status: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] },
  })
  tracker.observe('ADDED', pod('a', refused('0/2 nodes are available: 2 Too many pods.')), 1)
  tracker.observe('ADDED', pod('b', refused('something else')), 1)
  tracker.observe('ADDED', pod('c', { nodeName: 'n' }), 1)
  expect(tracker.waiting).toEqual(
    new Map([
      ['Too many pods', 1],
      ['Unschedulable', 1],
      ['NotStarted', 1],
    ]),
  )
  tracker.observe('MODIFIED', readyPod('a'), 2)
  tracker.observe('MODIFIED', pod('b', refused('0/2 nodes are available: 1 Insufficient cpu, 1 x.')), 2)
  tracker.observe('DELETED', pod('c'), 2)
  expect(tracker.waiting).toEqual(new Map([['Insufficient cpu', 1]]))
  expect(tracker.counts.unschedulable).toBe(1)
})
