import { densityRuns, type PodDetail, type PodStep, stepTimes } from '../../record/details/density-details.ts'
import type { RunRecord } from '../../record/run-record.ts'
import type { ReportFile } from '../report-file.ts'
import { builtInJobName, type Metadata, metadataOf, uuidOf } from './identity.ts'
import { type LatencySummary, latencySummary } from './latency-summary.ts'

const MEASUREMENT = 'podLatencyMeasurement'
const QUANTILES = 'podLatencyQuantilesMeasurement'

/** Their names in kube-burner's quantile documents, and the field of its pod documents, in the order of its structs. */
const STEPS = [
  ['scheduled', 'PodScheduled', 'schedulingLatency'],
  ['initialized', 'Initialized', 'initializedLatency'],
  ['containersReady', 'ContainersReady', 'containersReadyLatency'],
  ['ready', 'Ready', 'podReadyLatency'],
  ['started', 'ContainersStarted', 'containersStartedLatency'],
  ['sandboxReady', 'PodReadyToStartContainers', 'readyToStartContainersLatency'],
] as const satisfies readonly (readonly [PodStep, string, string])[]

type LatencyField = (typeof STEPS)[number][2]

/** `undefined` is a key that the JSON does not have. */
interface PodDocument extends Record<LatencyField, number | undefined> {
  timestamp: string | undefined
  metricName: string
  uuid: string
  jobName: string
  jobIteration: number | undefined
  replica: number | undefined
  namespace: string
  podName: string
  nodeName: string | undefined
  churnMetric: true | undefined
  metadata: Metadata
}

interface QuantileDocument extends LatencySummary {
  quantileName: string
  uuid: string
  timestamp: string
  metricName: string
  jobName: string
  metadata: Metadata
}

/**
 * `podLatencyMeasurement-JOB.json` and `podLatencyQuantilesMeasurement-JOB.json` of each job, as the local indexer of
 * kube-burner 2.7 writes them: one compact array a file, a document for every pod that became Ready, and one for each
 * kind of latency; no file where there is no such pod.
 *
 * Two things differ. Latencies are ours: whole milliseconds from the create request being sent (of a controller's pod:
 * from the watch showing it first) to the watch, or the kubelet's event, showing the step, where kube-burner subtracts timestamps that the cluster
 * writes in whole seconds; `metadata.latencySource` says so. And what was not seen has no key and no quantile document,
 * where kube-burner writes 0.
 */
export function podLatencyFiles(record: RunRecord): ReportFile[] {
  const builtIn = builtInJobName(record)
  const pods = densityRuns(record).flatMap((run) => run.pods)
  const ready = pods.filter(({ ms }) => ms.ready !== undefined)
  const jobs = Map.groupBy(ready, ({ job }) => job ?? builtIn)
  return [...jobs].flatMap(([job, ofJob]) => {
    const documents = ofJob.map((pod) => podDocument(record, job, pod))
    return [
      { name: fileName(MEASUREMENT, job), kind: 'kube-burner', text: toText(documents) },
      { name: fileName(QUANTILES, job), kind: 'kube-burner', text: toText(quantileDocuments(record, job, documents)) },
    ]
  })
}

function podDocument(record: RunRecord, jobName: string, pod: PodDetail): PodDocument {
  const { namespace, name, node, iteration, replica, server, churned } = pod
  const ms = stepTimes(pod)
  const latencies = STEPS.map(([step, , field]) => [field, whole(ms[step])] as const)
  return {
    timestamp: server?.created,
    ...(Object.fromEntries(latencies) as Record<LatencyField, number | undefined>),
    metricName: MEASUREMENT,
    uuid: uuidOf(record),
    jobName,
    jobIteration: iteration,
    replica,
    namespace,
    podName: name,
    nodeName: node,
    churnMetric: churned,
    metadata: metadataOf(record),
  }
}

function quantileDocuments(record: RunRecord, jobName: string, documents: readonly PodDocument[]): QuantileDocument[] {
  return STEPS.flatMap(([, quantileName, field]) => {
    const values = documents.flatMap((document) => document[field] ?? [])
    if (values.length === 0) return []
    return [
      {
        quantileName,
        uuid: uuidOf(record),
        ...latencySummary(values),
        timestamp: record.finishedAt,
        metricName: QUANTILES,
        jobName,
        metadata: metadataOf(record),
      },
    ]
  })
}

function whole(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.trunc(ms)
}

function fileName(metricName: string, job: string): string {
  return `${metricName}-${job.replaceAll(/[^\w.-]/g, '-')}.json`
}

function toText(documents: readonly object[]): string {
  return `${JSON.stringify(documents)}\n`
}
