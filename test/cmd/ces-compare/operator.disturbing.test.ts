import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { expectSame, startRawWatch } from './raw-watch.ts'
import { compare, endpointYaml, rowOf, slicesOf, startComparing } from './records.ts'
import { untilCrdsAreOld } from './until-crds-are-old.ts'

// Cilium's own operator writes the slices.

let cluster: ControlPlane & AsyncDisposable
beforeAll(async () => {
  cluster = await startControlPlane({ ciliumOperator: true, cesWritesPerSecond: 20 })
  await untilCrdsAreOld(cluster)
})
afterAll(() => cluster[Symbol.asyncDispose]())

const PATIENCE = { timeout: 60_000, interval: 200 }

test('300 endpoints created, updated, churned and deleted: as many events and bytes as an independent watcher gets', async () => {
  const [cep, ces] = await Promise.all([startRawWatch(cluster, 'cep'), startRawWatch(cluster, 'ces')])
  try {
    const load = ['--endpoints', '300', '--label-updates', '300', '--churn', '10', '--rate', '150', '--yes']
    const { record, details } = await compare(cluster, 0, load)
    const namespace = `perf-${record.runId}-0`
    await expectSame(rowOf(details, 'cep', 'measured'), cep, namespace)
    await expectSame(rowOf(details, 'ces', 'measured'), ces, namespace)

    expect(cep.counts(namespace)).toMatchObject({
      ADDED: { events: 330 },
      MODIFIED: { events: 300 },
      DELETED: { events: 330 },
    })
    const { bytes, events, objects, listBytes } = rowOf(details, 'cep', 'measured')
    expect(details.steps.map(({ name, cep: { events } }) => [name, events])).toEqual([
      ['create', 300],
      ['update', 300],
      ['churn', 60],
      ['delete', 300],
    ])
    expect(details.changes).toEqual({
      carried: 960 - details.changes.cancelled,
      uncarried: 0,
      cancelled: expect.any(Number),
    })
    expect(objects).toBe(300)
    expect(rowOf(details, 'ces', 'measured').objects).toBe(3)
    expect(details.fill).toEqual([{ from: 91, to: 100, slices: 3 }])
    expect(details.slices).toEqual({ basis: 'measured', because: 'enable-cilium-endpoint-slice is true' })
    expect(details.crd).toEqual({ endpoints: 'v2', slices: 'v2alpha1', schemaVersion: '1.28.3' })
    expect(details.operator.rules).toEqual({
      sliceSize: 100,
      sliceMode: 'fcfs',
      perSecond: 20,
      burst: 40,
      syncDelaySeconds: 0.5,
      delays: 'together',
    })
    const ofNodes = details.fanOut.rows.find(({ nodes }) => nodes === 1000)
    expect(ofNodes?.withoutSlices).toEqual({ events: events * 1001, bytes: bytes * 1001 })
    expect(ofNodes?.relist?.withoutSlicesBytes).toBe((listBytes ?? 0) * 1000)
    const delays = record.metrics.find(({ name }) => name === 'propagation_latency')?.statistics
    expect(delays?.count).toBe(details.changes.carried)
    // The operator writes half a second after a slice's first change: that one waits longest, later ones share the write.
    expect(delays?.max).toBeGreaterThan(0.45)
  } finally {
    await Promise.all([cep[Symbol.asyncDispose](), ces[Symbol.asyncDispose]()])
  }
})

test('the API server counts as many events for each of its watchers', async () => {
  const { details } = await compare(cluster, 0, ['--endpoints', '50', '--label-updates', '0', '--rate', '50', '--yes'])
  const { events, watchers } = details.apiServer ?? {}
  // The operator and this run.
  expect(watchers?.cep).toBeGreaterThanOrEqual(2)
  expect(events?.cep).toBeGreaterThanOrEqual(2 * rowOf(details, 'cep', 'measured').events)
})

test('what happens anyway is counted without creating anything, and a change of the state alone is in no slice', async () => {
  const { stderr, compared } = startComparing(cluster, 0, ['--observe-only', '--duration', '10s'])
  const [cep, ces] = await Promise.all([startRawWatch(cluster, 'cep'), startRawWatch(cluster, 'ces')])
  try {
    await vi.waitUntil(() => stderr().includes('observe: 10s'), PATIENCE)
    await cluster.kubectl(['create', '-f', '-'], { stdin: endpointYaml('default', 'seen') })
    const patch = '{"status":{"state":"regenerating"}}'
    await cluster.kubectl(['patch', 'ciliumendpoint', 'seen', '--type=merge', '-p', patch])
    await vi.waitUntil(async () => (await slicesOf(cluster, 'default')).length > 0, PATIENCE)
    await cluster.kubectl(['delete', 'ciliumendpoint', 'seen'])
    const { details, record } = await compared
    await expectSame(rowOf(details, 'cep', 'measured'), cep, 'default')
    await expectSame(rowOf(details, 'ces', 'measured'), ces, 'default')
    expect(rowOf(details, 'cep', 'measured').events).toBe(3)
    expect(details.changes).toMatchObject({ carried: 2, uncarried: 1 })
    expect(record.phases.map(({ name }) => name)).toEqual(['observe', 'list'])
  } finally {
    await Promise.all([cep[Symbol.asyncDispose](), ces[Symbol.asyncDispose]()])
  }
})

test('what happens in other namespaces meanwhile is not counted', async () => {
  const { compared } = startComparing(cluster, 0, [
    '--endpoints',
    '60',
    '--label-updates',
    '0',
    '--rate',
    '10',
    '--yes',
  ])
  await vi.waitUntil(
    async () => (await cluster.kubectl(['get', 'ciliumendpoints', '-A', '-o', 'name'])) !== '',
    PATIENCE,
  )
  await cluster.kubectl(['create', '-f', '-'], { stdin: endpointYaml('default', 'foreign') })
  const { details } = await compared
  expect(rowOf(details, 'cep', 'measured').events).toBe(120)
  // The endpoint and its slice.
  expect(details.otherEvents).toBe(2)
  await cluster.kubectl(['delete', 'ciliumendpoint', 'foreign'])
})
