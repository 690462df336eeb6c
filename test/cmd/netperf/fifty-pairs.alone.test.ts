import { afterAll, beforeAll, expect, test } from 'vitest'
import { netperfDetailsOf } from '../../../lib/record/details/netperf-details.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { recordOf, runCommandLine } from '../run-command-line.ts'

// A hundred pods at once.

let cluster: ControlPlane & AsyncDisposable
beforeAll(async () => {
  cluster = await startControlPlane({ realNodes: 2, maxPods: { 'node-a': 60, 'node-b': 60 } })
})
afterAll(() => cluster[Symbol.asyncDispose]())

test('50:50: every pair is measured, and how much they differ is a threshold', async () => {
  const threshold = 'pair_tcp_throughput.p05/pair_tcp_throughput.p50>0'
  // Little, for so long that a client has its turn where a hundred containers share one small machine; the request is also the pods' weight beside what runs them.
  const load = [
    '--bandwidth',
    '1M',
    '--message-size',
    '16k',
    '--duration',
    '20s',
    '--warmup',
    '0s',
    '--samples',
    '1',
    '--cpu-request',
    '25m',
  ]
  const argv = ['--ratio', '50:50', ...load, '-o', 'json']
  const ended = await runCommandLine(cluster.kubeconfig, ['netperf', ...argv, '--threshold', threshold])
  expect(ended.exitCode, ended.stderr).toBe(0)
  const record = recordOf(ended)
  const [row] = netperfDetailsOf(record)?.rows ?? []
  expect({ samples: row?.samples, failures: row?.failures }).toEqual({
    samples: { measured: 50, expected: 50 },
    failures: [],
  })
  expect(row?.flows[0]?.pairs).toHaveLength(50)
  const { p05 = 0, p50 = 0, p95 = 0 } = row?.flows[0]?.acrossPairs ?? {}
  expect(p05).toBeGreaterThan(0)
  expect(p50).toBeGreaterThanOrEqual(p05)
  expect(p95).toBeGreaterThanOrEqual(p50)
  expect(record.thresholds).toMatchObject([{ passed: true, observed: p05 / p50 }])
  expect(
    await cluster.kubectl(['get', 'namespaces,pods,services,configmaps', '-A', '-l', 'kubectl-perf/run', '-o', 'name']),
  ).toBe('')
})
