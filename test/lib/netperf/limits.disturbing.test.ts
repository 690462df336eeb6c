import { describe, expect, test } from 'vitest'
import { netperfFindings } from '../../../lib/netperf/assessment/findings/netperf-findings.ts'
import { netperfDetails } from '../../../lib/netperf/assessment/rows/netperf-details.ts'
import type { NetperfRun } from '../../../lib/netperf/netperf-run.ts'
import { newRunId } from '../../../lib/run/ownership.ts'
import { existingNamespace } from '../../../lib/run/run-scope.ts'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { flowOf } from './flow-of.ts'
import { fullSpeedPlan, measure, outcomes } from './measuring.ts'
import { testCase } from './test-case-example.ts'
import { withCluster } from './with-cluster.ts'

// What holds traffic back is named: a slow node, and limits that somebody has set.

/** What the annotation lets each pod send. */
const ANNOTATED_BITS_PER_SECOND = 50e6

let cluster: ControlPlane
withCluster(
  {
    realNodes: 4,
    apiServerFlags: [
      '--feature-gates=MutatingAdmissionPolicy=true',
      '--runtime-config=admissionregistration.k8s.io/v1beta1=true',
    ],
  },
  (started) => {
    cluster = started
  },
)

const oneWay = { clientNode: 'node-a', serverNode: 'node-b' }

function codesOf(run: NetperfRun): string[] {
  return netperfFindings(run, { samples: 1, wasAborted: false }).map(({ code }) => code)
}

test('the slow one of four nodes is named', async () => {
  await cluster.shapeLink('node-c', { rateBitsPerSecond: 100e6 })
  const tests = [testCase({ placement: 'mesh' })]
  const run = await measure(cluster.kubeconfig, fullSpeedPlan({ tests, arrangement: { kind: 'mesh' } }))
  expect(outcomes(run.samples).filter((outcome) => !outcome.endsWith(' measured'))).toEqual([])
  const { slow } = netperfDetails(run, { samples: 1, wasAborted: false })
  expect(slow.map(({ kind, nodes }) => ({ kind, nodes }))).toEqual([{ kind: 'node', nodes: ['node-c'] }])
  expect(codesOf(run)).toContain('SlowNode')
})

describe('limits that somebody has set', () => {
  test('an annotation on a pod, as a policy adds it', async () => {
    await cluster.kubectl(['create', 'namespace', 'annotated'])
    await cluster.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(bandwidthPolicy('annotated', '50M')) })
    await untilAnnotated('annotated')
    const timing = { durationSeconds: 4, warmupSeconds: 1 }
    const scope = existingNamespace(newRunId(), 'annotated')
    const run = await measure(cluster.kubeconfig, fullSpeedPlan({ scope, timing, pods: oneWay }))
    expect(run.failure).toBeUndefined()
    const { verdict, throughput } = flowOf(run, 1)
    expect(verdict).toMatchObject({ limit: 'bandwidth-limit', text: 'bandwidth annotation (50 Mbit/s)' })
    expect(throughput?.mean).toBeLessThan(ANNOTATED_BITS_PER_SECOND * 1.15)
  })

  test('a CPU limit by a LimitRange', async () => {
    await cluster.kubectl(['create', 'namespace', 'limited'])
    const limits = [{ type: 'Container', default: { cpu: '50m' }, defaultRequest: { cpu: '10m' } }]
    const limitRange = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'cpu' }, spec: { limits } }
    await cluster.kubectl(['apply', '-n', 'limited', '-f', '-'], { stdin: JSON.stringify(limitRange) })
    const scope = existingNamespace(newRunId(), 'limited')
    const timing = { durationSeconds: 3, warmupSeconds: 0 }
    const run = await measure(cluster.kubeconfig, fullSpeedPlan({ scope, timing, pods: oneWay }))
    expect(run.failure).toBeUndefined()
    const { verdict } = flowOf(run, 1)
    expect(verdict).toMatchObject({ limit: 'cpu-throttling', isFloor: true })
    expect(verdict.text).toMatch(/^CPU limit of the (client|server) \(throttled /)
    expect(codesOf(run)).toContain('CpuThrottled')
  })
})

/** What some clusters do to pods on their way in. */
function bandwidthPolicy(namespace: string, rate: string) {
  const key = 'kubernetes.io/egress-bandwidth'
  const add = (path: string, value: string) => `[JSONPatch{op: "add", path: ${path}, value: ${value}}]`
  const one = add(`"/metadata/annotations/" + jsonpatch.escapeKey("${key}")`, `"${rate}"`)
  const all = add('"/metadata/annotations"', `{"${key}": "${rate}"}`)
  const expression = `has(object.metadata.annotations) ? ${one} : ${all}`
  const metadata = { name: 'bandwidth' }
  const apiVersion = 'admissionregistration.k8s.io/v1beta1'
  const items = [
    {
      apiVersion,
      kind: 'MutatingAdmissionPolicy',
      metadata,
      spec: {
        matchConstraints: {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        },
        failurePolicy: 'Fail',
        reinvocationPolicy: 'Never',
        mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression } }],
      },
    },
    { apiVersion, kind: 'MutatingAdmissionPolicyBinding', metadata, spec: { policyName: metadata.name } },
  ]
  return { apiVersion: 'v1', kind: 'List', items }
}

/** The API server takes a moment to know a policy. */
async function untilAnnotated(namespace: string): Promise<void> {
  const pod = ['run', 'try', '-n', namespace, '--image=registry.k8s.io/pause:3.10', '--dry-run=server', '-o', 'json']
  await expect
    .poll(async () => (await cluster.tryKubectl(pod)).stdout, { timeout: 60_000, interval: 200 })
    .toContain('kubernetes.io/egress-bandwidth')
}
