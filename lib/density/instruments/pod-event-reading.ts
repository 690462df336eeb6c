import type { MetricName } from '../../record/catalogue/metric-catalogue.ts'
import { counted } from '../../record/counted.ts'
import type { ImagePulls } from '../../record/details/density-details.ts'
import type { Finding, Metric } from '../../record/run-record.ts'
import { sampledMetric } from '../../stats/metric.ts'
import type { TrackedPod } from '../../workload/pods/tracked-pod.ts'
import {
  describeSchedulingFailure,
  mergeSchedulingFailures,
  parseSchedulingFailure,
} from '../../workload/scheduling/scheduling-failure.ts'
import type { PodEventFacts } from './pod-event-log.ts'

const MOST_OBJECTS = 20
/** Of times from the names of events: the one that came fastest still took its way through the API server. */
export const EVENT_RESOLUTION_SECONDS = 0.01
/** Kubelets cut the durations of pulls to whole milliseconds. */
const PULL_RESOLUTION_SECONDS = 0.001
const FAILED_SCHEDULING = 'FailedScheduling'

/** A pod of the run with what its events tell. */
export interface WitnessedPod {
  pod: TrackedPod
  facts: PodEventFacts
}

/** The steps of pods by the clocks of the kubelets and the scheduler, from their events; none where no event came. */
export function eventMetrics(pods: readonly WitnessedPod[]): Metric[] {
  const ready = pods.filter(({ pod }) => pod.passedMs.ready !== undefined)
  const pulls = pods.flatMap(({ facts }) => facts.pulls)
  const metric = (name: MetricName, milliseconds: readonly number[], resolution: number) =>
    milliseconds.length === 0
      ? []
      : [
          sampledMetric(
            name,
            milliseconds.map((value) => value / 1000),
            { source: 'events', resolution },
          ),
        ]
  const since = (among: readonly WitnessedPod[], moment: (facts: PodEventFacts) => number | undefined) =>
    among.flatMap(({ pod, facts }) => {
      const atMs = moment(facts)
      return atMs === undefined ? [] : [atMs - pod.sentMs]
    })
  return [
    ...metric(
      'pod_volumes_attached_latency',
      since(pods, (facts) => facts.volumesAttachedMs),
      EVENT_RESOLUTION_SECONDS,
    ),
    ...metric(
      'pod_sandbox_ready_latency',
      since(pods, (facts) => facts.sandboxReadyMs),
      EVENT_RESOLUTION_SECONDS,
    ),
    // Of a pod that is not ready other containers may still have to start.
    ...metric(
      'pod_started_latency',
      since(ready, (facts) => facts.startedMs),
      EVENT_RESOLUTION_SECONDS,
    ),
    ...metric(
      'pod_image_pull_latency',
      pulls.flatMap(({ pullMs }) => pullMs ?? []),
      PULL_RESOLUTION_SECONDS,
    ),
    ...metric(
      'pod_image_pull_wait',
      pulls.flatMap(({ waitMs }) => waitMs ?? []),
      PULL_RESOLUTION_SECONDS,
    ),
  ]
}

/** How many containers had their image pulled and how many found it on the node; the size of each image that was pulled. */
export function imagePulls(pods: readonly WitnessedPod[]): ImagePulls {
  const pulls = pods.flatMap(({ facts }) => facts.pulls)
  const images = Map.groupBy(pulls, ({ image }) => image)
  return {
    pulled: pulls.length,
    alreadyPresent: pods.reduce((sum, { facts }) => sum + facts.imagesPresent, 0),
    images: [...images].map(([image, of]) => {
      const bytes = of.find(({ bytes }) => bytes !== undefined)?.bytes
      return { image, pulls: of.length, ...(bytes === undefined ? {} : { bytes }) }
    }),
  }
}

/** What went wrong on the way of pods that their own status does not tell. */
export function eventFindings(pods: readonly WitnessedPod[]): Finding[] {
  return [...schedulingDelays(pods), ...warnings(pods)]
}

/** Pods that found a node only after they had been refused. */
function schedulingDelays(pods: readonly WitnessedPod[]): Finding[] {
  const delayed = pods.filter(
    ({ pod, facts }) => pod.passedMs.scheduled !== undefined && facts.warnings.has(FAILED_SCHEDULING),
  )
  if (delayed.length === 0) return []
  const failures = delayed.flatMap(
    ({ facts }) => parseSchedulingFailure(facts.warnings.get(FAILED_SCHEDULING) ?? '') ?? [],
  )
  const why = failures.length === 0 ? '' : `: ${describeSchedulingFailure(mergeSchedulingFailures(failures))}`
  return [
    {
      severity: 'info',
      code: 'SchedulingDelayed',
      message: `${counted(delayed.length, 'pod')} found no node at first${why}`,
      ...evidence(delayed),
    },
  ]
}

function warnings(pods: readonly WitnessedPod[]): Finding[] {
  const told = pods.flatMap(({ pod, facts }) => {
    // What the status of a pod says need not be said twice.
    const silent = (pod.reason?.message ?? '') === ''
    return [...facts.warnings].flatMap(([reason, message]) =>
      silent && reason !== FAILED_SCHEDULING ? [{ pod, facts, reason, message }] : [],
    )
  })
  return [...Map.groupBy(told, ({ reason }) => reason)].map(([reason, of]) => ({
    severity: of.some(({ pod }) => pod.passedMs.ready === undefined) ? 'warning' : 'info',
    code: 'PodEvents',
    message: `${reason}: ${of.at(-1)?.message}`,
    ...evidence(of),
  }))
}

function evidence(pods: readonly WitnessedPod[]): Pick<Finding, 'objects' | 'count'> {
  return {
    objects: pods.slice(0, MOST_OBJECTS).map(({ pod: { namespace, name } }) => `${namespace}/${name}`),
    count: pods.length,
  }
}
