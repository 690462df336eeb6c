import { stringify } from 'yaml'
import type { KubeClient } from '../../lib/kube/client.ts'
import { firstIpFamily } from '../../lib/netperf/facts/first-ip-family.ts'
import { testLabels } from '../../lib/netperf/matrix/test-labels.ts'
import type { NetperfPlan } from '../../lib/netperf/netperf-plan.ts'
import { arrange, creationWaves } from '../../lib/netperf/pods/arrangement.ts'
import { serviceManifests } from '../../lib/netperf/pods/make-services.ts'
import { trafficPod } from '../../lib/netperf/pods/traffic-pod.ts'
import { checkPlacements, usableNodes } from '../../lib/netperf/pods/usable-nodes.ts'
import type { IpFamily, TestCase } from '../../lib/netperf/test-case.ts'
import { longestRunSeconds } from '../../lib/netperf/traffic/longest-run.ts'
import { scale } from '../../lib/report/scale.ts'
import { newRunId } from '../../lib/run/ownership.ts'
import { namespaceFor } from '../../lib/run/run-scope.ts'
import { readNodes } from '../../lib/workload/nodes/read-nodes.ts'
import type { Context } from '../command.ts'
import { PASSED } from '../exit-code.ts'
import { API_CONNECTIONS } from '../shared-options.ts'
import { describeEstimate, estimateRun } from './estimate.ts'
import type { NetperfOptions } from './options.ts'
import type { NetperfRequest } from './request.ts'

/** Prints what the run would do and every object that it would create, as YAML documents with the plan as comments. */
export async function printPlan(request: NetperfRequest, options: NetperfOptions, context: Context): Promise<number> {
  const { stdout } = context.io
  // Only a mesh depends on what is in the cluster.
  const seen = options.mesh
    ? await withClient(options, context, (client) => lookAtNodes(client, request, context))
    : undefined
  const plan = planOf(request, seen?.ipFamilies ?? request.ipFamilies ?? [4], options.namespace ?? 'default')
  const estimate = estimateRun(plan, seen?.names.length)
  stdout.write(`# ${describeEstimate(estimate, request.linkBitsPerSecond)}\n`)
  for (const [index, test] of plan.tests.entries()) stdout.write(`# test ${index + 1}: ${describeParameters(test)}\n`)
  if (plan.scope.kind === 'own-namespaces') {
    for (const name of plan.scope.namespaces) {
      stdout.write(document({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: plan.scope.labels } }))
    }
  }
  for (const { body } of creations(plan, seen?.names ?? [], namespaceFor(plan.scope, 0))) stdout.write(document(body))
  return PASSED
}

/** In the names of the options: `engine iperf3, protocol udp, path pod, …, bandwidth 100 Mbit/s`. */
function describeParameters(test: TestCase): string {
  const { bitsPerSecond } = test
  const { baseline, ...labels } = testLabels(test)
  const rate = typeof bitsPerSecond === 'number' ? { bandwidth: scale(bitsPerSecond, 'bit/s') } : {}
  const parameters = Object.entries({ ...labels, ...rate }).map(
    ([name, value]) => `${name.replaceAll('_', '-')} ${value}`,
  )
  return [...parameters, ...(baseline === undefined ? [] : ['host-baseline'])].join(', ')
}

/** Lets the API server check every object that the run would create, in a namespace that exists. */
export async function dryRunOnServer(
  request: NetperfRequest,
  options: NetperfOptions,
  context: Context,
): Promise<number> {
  return withClient(options, context, async (client) => {
    const namespace = options.namespace ?? client.namespace
    const { names, ipFamilies } = await lookAtNodes(client, request, context)
    const wanted = creations(planOf(request, ipFamilies, namespace), names, namespace)
    for (const { resource, body } of wanted) {
      await client.request({
        method: 'POST',
        path: `/api/v1/namespaces/${namespace}/${resource}`,
        query: { dryRun: 'All' },
        body: JSON.stringify(body),
        contentType: 'application/json',
        signal: context.signal,
      })
    }
    context.io.stdout.write(
      `${wanted.length} objects accepted by the API server in namespace ${namespace} (server dry run)\n`,
    )
    return PASSED
  })
}

function planOf(request: NetperfRequest, ipFamilies: readonly IpFamily[], defaultNamespace: string): NetperfPlan {
  const scope = request.scope(newRunId(), defaultNamespace)
  return { ...request.planFor(ipFamilies), scope, cleanUpCommand: '' }
}

interface SeenNodes {
  /** Of those that can carry traffic. */
  names: string[]
  /** Those that a run would measure. */
  ipFamilies: readonly IpFamily[]
}

/** @throws PerfError where the nodes cannot carry the plan */
async function lookAtNodes(client: KubeClient, request: NetperfRequest, { signal }: Context): Promise<SeenNodes> {
  const nodes = await readNodes(client, signal)
  const ipFamilies = request.ipFamilies ?? [firstIpFamily(nodes)]
  const plan = request.planFor(ipFamilies)
  checkPlacements(nodes, plan)
  return { names: nodes === undefined ? [] : usableNodes(nodes, plan).map(({ name }) => name), ipFamilies }
}

/** The objects in the order in which they would be made. */
function creations(
  plan: NetperfPlan,
  nodes: readonly string[],
  namespace: string,
): { resource: string; body: object }[] {
  const arrangement = arrange(plan, nodes)
  const seconds = longestRunSeconds(plan)
  const pods = creationWaves(arrangement.pods)
    .flat()
    .map((pod) => trafficPod(pod, plan, seconds))
  const services = serviceManifests(plan, arrangement)
  return [
    ...pods.map((pod) => ({ resource: 'pods', body: inNamespace(pod, namespace) })),
    ...services.map((service) => ({ resource: 'services', body: inNamespace(service, namespace) })),
  ]
}

/** So that what is printed can be applied. */
function inNamespace(object: object, namespace: string): object {
  return { ...object, metadata: { ...('metadata' in object ? (object.metadata as object) : {}), namespace } }
}

async function withClient<T>(
  options: NetperfOptions,
  context: Context,
  work: (client: KubeClient) => Promise<T>,
): Promise<T> {
  const client = await context.connect({ ...options, connections: API_CONNECTIONS })
  try {
    return await work(client)
  } finally {
    await client[Symbol.asyncDispose]()
  }
}

function document(object: object): string {
  return `---\n${stringify(object)}`
}
