import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { expectSame, startRawWatch } from './raw-watch.ts'
import { compare, rowOf } from './records.ts'
import { untilCrdsAreOld } from './until-crds-are-old.ts'

// Pods on two real nodes, whose agents write the endpoints.

/** A kubelet that waits for a CPU does not tell its usage in time. */
const NOISY = { retry: 1, timeout: 1_800_000 }

let cluster: ControlPlane & AsyncDisposable
beforeAll(async () => {
  cluster = await startControlPlane({ ciliumAgents: 2 })
  await untilCrdsAreOld(cluster)
}, 600_000)
afterAll(() => cluster[Symbol.asyncDispose]())

test(
  '200 pods, of which 100 get another label: events, the API server meanwhile, the nodes before and after',
  NOISY,
  async () => {
    const [cep, ces] = await Promise.all([startRawWatch(cluster, 'cep'), startRawWatch(cluster, 'ces')])
    try {
      const load = ['--pods', '200', '--label-updates', '100', '--rate', '10', '--timeout', '10m']
      const { record, details } = await compare(cluster, 0, load)
      const namespace = `perf-${record.runId}-0`
      await expectSame(rowOf(details, 'cep', 'measured'), cep, namespace)
      await expectSame(rowOf(details, 'ces', 'measured'), ces, namespace)
      expect(rowOf(details, 'cep', 'measured').byType.ADDED.events).toBe(200)
      expect(rowOf(details, 'cep', 'measured').byType.DELETED.events).toBe(200)
      const update = details.steps.find(({ name }) => name === 'update')
      expect(update?.cep.events).toBeGreaterThanOrEqual(100)
      expect(update?.ces.events).toBeGreaterThan(0)
      expect(update?.ces.events).toBeLessThan(100)

      const patches = record.metrics.find(
        ({ name, labels }) =>
          name === 'apiserver_request_latency' &&
          labels.verb === 'PATCH' &&
          labels.resource === 'pods' &&
          labels.duration === 'total',
      )
      expect(patches?.statistics.count).toBe(100)
      const cpu = record.metrics.filter(({ name }) => name === 'node_cpu_usage')
      for (const when of ['before', 'after']) {
        const nodes = new Set(cpu.filter(({ labels }) => labels.when === when).map(({ labels }) => labels.node))
        expect(nodes).toEqual(new Set(['node-a', 'node-b']))
      }
      expect(details.operator).toMatchObject({ version: '1.15.19', replicas: 1, ready: 1 })
    } finally {
      await Promise.all([cep[Symbol.asyncDispose](), ces[Symbol.asyncDispose]()])
    }
  },
)
