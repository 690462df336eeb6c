import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { type Ended, recordOf, runCommandLine } from '../run-command-line.ts'

// An API server that takes a few requests at a time and answers 429 to the rest.

let cluster: ControlPlane & AsyncDisposable
let kubeconfig = ''
beforeAll(async () => {
  cluster = await startControlPlane({ kwokNodes: 4 })
  // Administrators are exempt from priority and fairness.
  kubeconfig = await cluster.createUser('stormy')
  await cluster.kubectl(['apply', '-f', 'docs/rbac/density.yaml'])
  await cluster.kubectl(['create', 'clusterrolebinding', 'stormy', '--clusterrole=perf-density', '--user=stormy'])
})
afterAll(() => cluster?.[Symbol.asyncDispose]())

function value({ metrics }: RunRecord, name: string, labels: Record<string, string> = {}): number {
  const series = metrics.filter(
    (metric) => metric.name === name && Object.entries(labels).every(([label, text]) => metric.labels[label] === text),
  )
  return series.reduce((sum, { statistics }) => sum + (statistics.value ?? 0), 0)
}

const storm = ['--iterations', '150', '--namespaces', '2', '--qps', '0', '--concurrency', '30', '-o', 'json']

async function expectWeathered(ended: Ended): Promise<void> {
  const record = recordOf(ended)
  const faults = record.findings.filter(({ severity }) => severity === 'error').map(({ message }) => message)
  expect({ faults, exitCode: ended.exitCode }).toEqual({ faults: [], exitCode: 0 })
  expect(value(record, 'pods_measured')).toBe(150)
  const throttled = value(record, 'api_throttled_requests')
  expect(throttled).toBeGreaterThan(0)
  expect(throttled).toBe(value(record, 'api_requests', { code: '429' }))
  expect(value(record, 'api_retries')).toBeGreaterThanOrEqual(throttled)
  expect(await cluster.kubectl(['get', 'namespaces,pods', '-A', '-l', 'kubectl-perf/run', '-o', 'name'])).toBe('')
}

test('few requests in flight: throttled requests are counted, tried again, and all is measured', async () => {
  const few = ['--max-requests-inflight=3', '--max-mutating-requests-inflight=3']
  await cluster.restartApiServer(['--enable-priority-and-fairness=false', ...few])
  await expectWeathered(await runCommandLine(kubeconfig, ['density', ...storm]))
})

test('a priority level with one seat and a short queue', async () => {
  await cluster.restartApiServer(['--max-requests-inflight=40', '--max-mutating-requests-inflight=20'])
  const api = { apiVersion: 'flowcontrol.apiserver.k8s.io/v1', metadata: { name: 'storm' } }
  const queuing = { queues: 1, handSize: 1, queueLengthLimit: 4 }
  const limited = { nominalConcurrencyShares: 1, limitResponse: { type: 'Queue', queuing } }
  const level = { ...api, kind: 'PriorityLevelConfiguration', spec: { type: 'Limited', limited } }
  const rules = {
    subjects: [{ kind: 'User', user: { name: 'stormy' } }],
    resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
  }
  const priorityLevelConfiguration = { name: 'storm' }
  const schema = {
    ...api,
    kind: 'FlowSchema',
    spec: { priorityLevelConfiguration, matchingPrecedence: 100, rules: [rules] },
  }
  for (const object of [level, schema]) await cluster.kubectl(['create', '-f', '-'], { stdin: JSON.stringify(object) })
  await expectWeathered(await runCommandLine(kubeconfig, ['density', ...storm]))
})
