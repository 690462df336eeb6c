import type { DensityPlan } from '../../lib/density/density-plan.ts'
import { probeConnections } from '../../lib/density/instruments/connection-probe.ts'
import { watchPodEvents } from '../../lib/density/instruments/pod-events.ts'
import { measureNodeUsage, measureScheduler, measureServer } from '../../lib/density/instruments/server-instruments.ts'
import { type Load, leastDurationMs } from '../../lib/density/load.ts'
import type { ChurnPlan } from '../../lib/density/phases/churn.ts'
import { apiLoad } from '../../lib/density/workloads/api-load.ts'
import { clusterLoad } from '../../lib/density/workloads/cluster.ts'
import { deploymentsLoad } from '../../lib/density/workloads/deployments.ts'
import { nodeLoad, type PodsPerNode } from '../../lib/density/workloads/node.ts'
import { podsLoad } from '../../lib/density/workloads/pods.ts'
import { templateLoad } from '../../lib/density/workloads/template.ts'
import { UsageError } from '../../lib/errors/perf-error.ts'
import type { KubeClient } from '../../lib/kube/client.ts'
import { formatDuration } from '../../lib/record/duration.ts'
import type { Pace } from '../../lib/run/pacer.ts'
import { existingNamespace, ownNamespaces, type RunScope } from '../../lib/run/run-scope.ts'
import { discoverResources } from '../../lib/workload/discovery.ts'
import { checkImageReference, rewriteRegistry } from '../../lib/workload/images/image-reference.ts'
import type { PodOptions, ResourceAmounts } from '../../lib/workload/pods/pod-manifest.ts'
import type { Template } from '../../lib/workload/template/template.ts'
import type { Context } from '../command.ts'
import { parseNodeSelector, parseToleration } from '../pod-placement.ts'
import { checkCombinations } from './check-combinations.ts'
import type { DensityRequest } from './density-request.ts'
import { kubeBurnerRequest, readTemplate } from './load-files.ts'
import type { DensityOptions } from './options.ts'

/** So long after the time-out the kubelet ends a pod by itself: clean-up normally comes first. */
const DEADLINE_MARGIN_SECONDS = 600

/** A short --timeout is meant for the load: clean-up gets what namespaces take to go on a busy cluster. */
const LEAST_CLEAN_UP_MS = 30_000

/** @throws UsageError when options contradict each other, the image has no valid name, or a file has a fault */
export function densityRequest(options: DensityOptions, context: Context): DensityRequest {
  const { filename, image: named, imageRegistry } = options
  checkImageReference(named)
  const image = imageRegistry === undefined ? named : rewriteRegistry(named, imageRegistry)
  checkImageReference(image)
  checkCombinations(options)
  const plan: DensityRequest['plan'] = {
    ...preloadPlan(options),
    waitFor: options.waitFor,
    timeoutMs: options.timeout,
    ...(options.failFast ? { failFast: { pendingGraceMs: options.pendingGrace } } : {}),
    cleanUpTimeoutMs: Math.max(options.timeout, LEAST_CLEAN_UP_MS),
    keep: options.keep,
    command: commandLineOf(options),
    random: Math.random,
  }
  const instruments = [
    watchPodEvents,
    measureServer,
    measureScheduler,
    measureNodeUsage,
    ...(options.probeConnection ? [probeConnections] : []),
  ]
  if (filename !== undefined) {
    const request = kubeBurnerRequest(filename, options, context)
    return { ...request, load: withinTimeout(request.load, options.timeout), plan, instruments }
  }
  const namespaceCount = countNamespaces(options)
  const templates = options.template.map((path) => readTemplate(path, context))
  return {
    plan,
    instruments,
    scope: (runId, defaultNamespace) =>
      namespaceCount === undefined
        ? existingNamespace(runId, options.namespace ?? defaultNamespace)
        : ownNamespaces(runId, namespaceCount),
    load: withinTimeout(
      async (scope, connect, signal) =>
        chooseLoad(options, scope, { pod: podOptions(options, image, scope), templates }, connect, signal),
      options.timeout,
    ),
    thresholds: [],
    warnings: [],
  }
}

/** Refuses a load that cannot be done in time, however fast the cluster is. */
function withinTimeout(load: DensityRequest['load'], timeoutMs: number): DensityRequest['load'] {
  return async (...place) => {
    const made = await load(...place)
    for (const phase of made.phases) {
      const leastMs = leastDurationMs(phase)
      if (leastMs <= timeoutMs) continue
      throw new UsageError(
        `the rates and pauses of phase ${phase.name} take ${formatDuration(Math.ceil(leastMs / 1000) * 1000)}, more than --timeout ${formatDuration(timeoutMs)}`,
        { advice: ['raise --timeout, which is for each phase, or lower the load'] },
      )
    }
    return made
  }
}

function commandLineOf({ filename, workload, iterations }: DensityOptions): string {
  if (filename !== undefined) return `kubectl perf density -f ${filename}`
  // Nodes are filled once, whatever the iterations are.
  return `kubectl perf density --workload ${workload}${workload === 'node' ? '' : ` --iterations ${iterations}`}`
}

function preloadPlan({ preload, nodeSelector }: DensityOptions): Pick<DensityPlan, 'preload'> {
  if (preload === 'never') return {}
  return { preload: { mode: preload, nodeSelector: parseNodeSelector(nodeSelector) } }
}

async function chooseLoad(
  options: DensityOptions,
  scope: RunScope,
  { pod, templates }: { pod: PodOptions; templates: readonly Template[] },
  connect: () => Promise<KubeClient>,
  signal: AbortSignal,
): Promise<Load> {
  const { iterations, replicas, scaleTo } = options
  const pace = paceOf(options, options.qps)
  const churn = churnPlan(options)
  switch (options.workload) {
    case 'pods':
      return podsLoad(scope, { iterations, podsPerIteration: options.pods, pod, pace, ...churn })
    case 'deployments':
      return deploymentsLoad(scope, {
        iterations,
        deploymentsPerIteration: options.deployments,
        replicas,
        ...(scaleTo === undefined ? {} : { scaleTo }),
        pod,
        pace,
        ...churn,
      })
    case 'api-load': {
      const own = (qps: number | undefined) => paceOf(options, qps ?? options.qps)
      const { listQps, updateQps, deleteQps, configmaps } = options
      const paces = { create: pace, list: own(listQps), update: own(updateQps), delete: own(deleteQps) }
      return apiLoad(scope, { iterations, configMapsPerIteration: configmaps, pace: paces })
    }
    case 'cluster':
      return clusterLoad(scope, { iterations, replicas, pod, pace })
    case 'template': {
      const findResource = discoverResources(await connect(), signal)
      return templateLoad(scope, { templates, iterations, replicas, pace, random: Math.random }, findResource)
    }
    case 'node':
      return nodeLoad(await connect(), scope, { podsPerNode: parsePodsPerNode(options.podsPerNode), pod, pace }, signal)
  }
}

function parsePodsPerNode(text: string): PodsPerNode {
  if (text === 'max') return { shareOfFree: 1 }
  return text.endsWith('%') ? { shareOfFree: Number(text.slice(0, -1)) / 100 } : { pods: Number(text) }
}

function churnPlan({ churn, churnCycles, churnDelay }: DensityOptions): { churn?: ChurnPlan } {
  if (churn === undefined || churn === 0) return {}
  return { churn: { percent: churn, cycles: churnCycles, delayMs: churnDelay } }
}

function paceOf({ burst, concurrency, arrival }: DensityOptions, perSecond: number): Pace {
  return { perSecond, burst, concurrency, arrival }
}

function podOptions(options: DensityOptions, image: string, { labels }: RunScope): PodOptions {
  const { nodeSelector, toleration, keep, timeout } = options
  const requests = amounts(options.cpu, options.memory)
  const limits = amounts(options.cpuLimit, options.memoryLimit)
  return {
    image,
    labels,
    ...(keep ? {} : { activeDeadlineSeconds: Math.ceil(timeout / 1000) + DEADLINE_MARGIN_SECONDS }),
    ...(requests === undefined ? {} : { requests }),
    ...(limits === undefined ? {} : { limits }),
    ...(nodeSelector.length === 0 ? {} : { nodeSelector: parseNodeSelector(nodeSelector) }),
    ...(toleration.length === 0 ? {} : { tolerations: toleration.map(parseToleration) }),
  }
}

function amounts(cpu: string | undefined, memory: string | undefined): ResourceAmounts | undefined {
  if (cpu === undefined && memory === undefined) return undefined
  return { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) }
}

function countNamespaces({
  workload,
  namespaces,
  noCreateNamespace,
  namespace,
  iterations,
}: DensityOptions): number | undefined {
  if (noCreateNamespace) {
    if (namespaces !== undefined) {
      throw new UsageError('--namespaces says how many to make, and --no-create-namespace to make none')
    }
    return undefined
  }
  if (namespace !== undefined) {
    throw new UsageError(`density makes namespaces of its own, so --namespace ${namespace} needs --no-create-namespace`)
  }
  if (namespaces === 'single') return 1
  const isCounted = namespaces !== undefined && namespaces !== 'per-iteration'
  if (workload === 'node') {
    if (namespaces === 'per-iteration')
      throw new UsageError('the workload node has no iterations to make namespaces for')
    return isCounted ? Number(namespaces) : 1
  }
  return isCounted ? Math.min(iterations, Number(namespaces)) : iterations
}
