import type { LoadWork, ObserveWork } from '../../lib/ces/ces-plan.ts'
import { UsageError } from '../../lib/errors/perf-error.ts'
import { ownNamespaces } from '../../lib/run/run-scope.ts'
import { checkImageReference, rewriteRegistry } from '../../lib/workload/images/image-reference.ts'
import { PAUSE_IMAGE } from '../../lib/workload/images/images.ts'
import type { PodOptions } from '../../lib/workload/pods/pod-manifest.ts'
import { parseNodeSelector, parseToleration } from '../pod-placement.ts'
import { type CesCompareOptions, cesCompareOptions, DEFAULT_PODS } from './options.ts'

const DEFAULT_NODES = [10, 100, 1000, 5000]
const DEFAULT_DURATION_MS = 60_000
/** So long after all time-outs the kubelet ends a pod by itself: clean-up normally comes first. */
const DEADLINE_MARGIN_SECONDS = 600
/** A short --timeout is meant for the load: clean-up gets what namespaces take to go, and slices at the operator's rate. */
const LEAST_CLEAN_UP_MS = 60_000

/** What the options ask for, checked; all that can be known without a cluster. */
export interface CesCompareRequest {
  /** Cluster sizes to model. */
  nodes: readonly number[]
  timeoutMs: number
  work: (runId: string, cleanUpCommand: string) => LoadWork | ObserveWork
}

/** @throws UsageError when options contradict each other */
export function cesCompareRequest(options: CesCompareOptions): CesCompareRequest {
  checkCombinations(options)
  const { pods, endpoints, rate, churn, observeOnly, duration, timeout, keep, nodesModel } = options
  const nodes = nodesModel.length === 0 ? DEFAULT_NODES : nodesModel.map(Number)
  const common = { nodes, timeoutMs: timeout }
  if (observeOnly) return { ...common, work: () => ({ kind: 'observe', durationMs: duration ?? DEFAULT_DURATION_MS }) }
  const isPods = endpoints === undefined
  const count = endpoints ?? pods ?? DEFAULT_PODS
  const updates = options.labelUpdates ?? Math.floor(count / 2)
  if (updates > count) {
    throw new UsageError(`--label-updates ${updates} is more than there are ${isPods ? 'pods' : 'endpoints'}: ${count}`)
  }
  const image = podImage(options)
  return {
    ...common,
    work(runId, cleanUpCommand) {
      const scope = ownNamespaces(runId, 1)
      return {
        kind: 'load',
        scope,
        size: { count, updates, churned: churnedOf(count, churn) },
        of: isPods ? { kind: 'pods', pod: podOptions(options, image, scope.labels, count) } : { kind: 'endpoints' },
        perSecond: rate,
        keep,
        timeoutMs: timeout,
        cleanUpTimeoutMs: Math.max(timeout, LEAST_CLEAN_UP_MS),
        command: `kubectl perf ces-compare ${isPods ? '--pods' : '--endpoints'} ${count}`,
        cleanUpCommand,
      }
    },
  }
}

/** Of few endpoints a small share is one all the same. */
function churnedOf(count: number, percent: number): number {
  return percent === 0 ? 0 : Math.max(1, Math.round((count * percent) / 100))
}

function checkCombinations(options: CesCompareOptions): void {
  const { pods, endpoints, observeOnly, duration, labelUpdates, churn, rate, dryRun, keep } = options
  const ofPods = [
    ...(options.nodeSelector.length === 0 ? [] : ['--node-selector']),
    ...(options.toleration.length === 0 ? [] : ['--toleration']),
    ...(options.imageRegistry === undefined ? [] : ['--image-registry']),
  ]
  if (pods !== undefined && endpoints !== undefined) throw new UsageError('--pods and --endpoints exclude each other')
  if (duration !== undefined && !observeOnly) {
    throw new UsageError('--duration is for --observe-only: a load takes as long as it takes')
  }
  if (endpoints !== undefined && ofPods.length > 0) {
    throw new UsageError(`--endpoints makes no pods: ${ofPods.join(', ')} cannot go with it`)
  }
  if (!observeOnly) return
  const load = [
    ...(pods === undefined ? [] : ['--pods']),
    ...(endpoints === undefined ? [] : ['--endpoints']),
    ...(labelUpdates === undefined ? [] : ['--label-updates']),
    ...(churn === 0 ? [] : ['--churn']),
    ...(rate === cesCompareOptions.rate.default ? [] : ['--rate']),
    ...ofPods,
    ...(keep ? ['--keep'] : []),
    ...(dryRun === 'none' ? [] : ['--dry-run']),
  ]
  if (load.length > 0) throw new UsageError(`--observe-only creates nothing: ${load.join(', ')} cannot go with it`)
}

function podImage({ imageRegistry }: CesCompareOptions): string {
  const image = imageRegistry === undefined ? PAUSE_IMAGE : rewriteRegistry(PAUSE_IMAGE, imageRegistry)
  checkImageReference(image)
  return image
}

function podOptions(
  { nodeSelector, toleration, keep, timeout, rate }: CesCompareOptions,
  image: string,
  labels: Readonly<Record<string, string>>,
  count: number,
): PodOptions {
  // Each of the steps may take its time-out, and its requests their time.
  const seconds = Math.ceil((5 * timeout) / 1000 + (rate === 0 ? 0 : (4 * count) / rate)) + DEADLINE_MARGIN_SECONDS
  return {
    image,
    labels,
    ...(keep ? {} : { activeDeadlineSeconds: seconds }),
    ...(nodeSelector.length === 0 ? {} : { nodeSelector: parseNodeSelector(nodeSelector) }),
    ...(toleration.length === 0 ? {} : { tolerations: toleration.map(parseToleration) }),
  }
}
