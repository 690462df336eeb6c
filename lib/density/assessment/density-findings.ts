import type { Finding } from '../../record/run-record.ts'
import { runFailed } from '../../run/run-failed.ts'
import { isBroken, type TrackedPod } from '../../workload/pods/tracked-pod.ts'
import { schedulingAdvice } from '../../workload/scheduling/scheduling-advice.ts'
import { describeSchedulingFailure, mergeSchedulingFailures } from '../../workload/scheduling/scheduling-failure.ts'
import type { DensityRun } from '../density-run.ts'
import { countNotReady, DELETED, notReadyName } from './density-metrics.ts'
import { eventsOfPods, isComplete, isDue, isMeasured } from './measured-pods.ts'
import { findSlowNodes, slowNodeFindings } from './slow-nodes.ts'

const MOST_OBJECTS = 20

/** What a person should know beside the figures: the fault that ended the run, why pods are not ready, what is left. */
export function densityFindings(run: DensityRun, wasAborted: boolean): Finding[] {
  return [
    ...(run.failure === undefined || wasAborted ? [] : [runFailed(run.failure)]),
    ...(run.failure === undefined && !wasAborted ? incomplete(run) : []),
    ...[...countNotReady(run)].map(([reason, count]) => notReady(run, reason, count)),
    ...unseenSandboxes(run),
    ...slowNodeFindings(findSlowNodes(run)),
    ...run.readings.flatMap(({ findings }) => findings),
    ...run.leftBehind,
  ]
}

/** A measurement that leaves out pods is none, whatever the others took. */
function incomplete(run: DensityRun): Finding[] {
  if (isComplete(run)) return []
  const measured = run.pods.filter((pod) => isMeasured(run, pod)).length
  return [{ severity: 'error', code: 'RunFailed', message: `${measured} of ${run.pods.length} pods were measured` }]
}

/** The status has no such condition before Kubernetes 1.29, nor on fake nodes. */
function unseenSandboxes(run: DensityRun): Finding[] {
  const eventsOf = eventsOfPods(run)
  const unseen = run.pods.filter(
    (pod) =>
      pod.passedMs.ready !== undefined && (pod.passedMs.sandboxReady ?? eventsOf(pod)?.sandboxReadyMs) === undefined,
  )
  if (unseen.length === 0) return []
  return [
    {
      severity: 'info',
      code: 'SandboxUnknown',
      message: 'neither the status of pods (PodReadyToStartContainers) nor events say when the sandbox was ready',
      objects: unseen.slice(0, MOST_OBJECTS).map(({ namespace, name }) => `${namespace}/${name}`),
      count: unseen.length,
    },
  ]
}

function notReady(run: DensityRun, reason: string, count: number): Finding {
  const pods = run.pods.filter((pod) => notReadyName(pod) === reason)
  const advice = schedulingAdvice(reason) ?? (pods.some(isBroken) ? BROKEN_ADVICE : undefined)
  return {
    severity: severityOf(run, pods),
    code: 'PodsNotReady',
    message: explain(reason, pods),
    ...(advice === undefined ? {} : { advice }),
    objects: pods.slice(0, MOST_OBJECTS).map(({ namespace, name }) => `${namespace}/${name}`),
    count,
  }
}

const BROKEN_ADVICE = 'a container without a readiness probe counts as ready as soon as it runs'

/** Who did not wait for them cannot expect them to be. Those that broke after the last wait are measured all the same. */
function severityOf(run: DensityRun, pods: readonly TrackedPod[]): Finding['severity'] {
  if (run.waitedFor !== 'ready' || !pods.some((pod) => isDue(run, pod))) return 'info'
  return run.failure === undefined && pods.every(isBroken) ? 'warning' : 'error'
}

/** Reasons of ours that no status explains. */
const UNTOLD: Readonly<Record<string, string>> = {
  NotSeen: 'created, but the watch has not shown it',
  [DELETED]: 'somebody else deleted it before it was ready',
}

function explain(reason: string, pods: readonly TrackedPod[]): string {
  const failures = pods.flatMap((pod) => pod.reason?.scheduling ?? [])
  if (failures.length > 0) return `Unschedulable: ${describeSchedulingFailure(mergeSchedulingFailures(failures))}`
  if (reason === DELETED && pods.every(({ controlled }) => controlled)) {
    return `${DELETED}: its controller made another in its place`
  }
  const message = pods.map((pod) => pod.reason?.message ?? '').find((text) => text !== '') ?? UNTOLD[reason]
  const broken = pods.filter(isBroken).length
  const when = broken === 0 ? '' : broken === pods.length ? ' after it was ready' : `, ${broken} after it was ready`
  return message === undefined ? `${reason}${when}` : `${reason}${when}: ${message}`
}
