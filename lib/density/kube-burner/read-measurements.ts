import type { MetricName } from '../../record/catalogue/metric-catalogue.ts'
import type { YamlTree } from '../../workload/template/yaml-tree.ts'
import {
  fail,
  faultAtLine,
  finish,
  type MapReader,
  openMap,
  type ReadingContext,
  refuse,
  suggestion,
  takeChoice,
  takeDurationMs,
  takeIndexOnly,
  takeList,
  takeText,
  takeWithoutEffect,
} from './config-reader.ts'
import type { LatencyThreshold } from './kube-burner-config.ts'

/** What a list of measurements asks for. `thresholds` is undefined where the list does not name podLatency. */
export interface Measurements {
  readonly thresholds: readonly LatencyThreshold[] | undefined
}

const UNSUPPORTED = [
  'jobLatency',
  'pvcLatency',
  'nodeLatency',
  'vmiLatency',
  'vmimLatency',
  'serviceLatency',
  'pprof',
  'netpolLatency',
  'dataVolumeLatency',
  'volumeSnapshotLatency',
]
// "none" is what users write for no measurement; kube-burner does not know the name and goes on without.
const NONE = 'none'

const CONDITIONS = {
  PodScheduled: 'pod_scheduled_latency',
  Initialized: 'pod_initialized_latency',
  ContainersReady: 'pod_containers_ready_latency',
  Ready: 'pod_ready_latency',
} as const satisfies Record<string, MetricName>
const STATISTICS = { P99: 'p99', P95: 'p95', P50: 'p50', Avg: 'mean', Max: 'max' } as const

/** @throws UsageError for a measurement that ours has not */
export function takeMeasurements(reader: MapReader): Measurements {
  const value = reader.entries.get('measurements')?.value
  if (value?.kind === 'scalar' && value.source === NONE) {
    reader.taken.add('measurements')
    return { thresholds: undefined }
  }
  let thresholds: readonly LatencyThreshold[] | undefined
  for (const item of takeList(reader, 'measurements')) {
    thresholds = readMeasurement(item, reader.context) ?? thresholds
  }
  return { thresholds }
}

function readMeasurement(tree: YamlTree, context: ReadingContext): LatencyThreshold[] | undefined {
  const reader = openMap(tree, 'measurement', context)
  const name = takeText(reader, 'name') ?? fail(reader, 'name', 'a measurement without a name')
  if (UNSUPPORTED.includes(name)) fail(reader, 'name', `the measurement ${name} is not supported`)
  if (name !== 'podLatency' && name !== NONE) {
    fail(reader, 'name', `unknown measurement "${name}"${suggestion(name, ['podLatency', NONE, ...UNSUPPORTED])}`)
  }
  const thresholds = takeList(reader, 'thresholds').map((item) => readThreshold(item, context))
  takeIndexOnly(reader, ['quantilesIndexer', 'timeseriesIndexer'])
  takeWithoutEffect(reader, ['pprofTargets', 'pprofInterval', 'pprofDirectory', 'nodeAffinity', 'svcTimeout'])
  refuse(reader, { esIndex: 'it is of an older kube-burner' })
  finish(reader)
  return name === NONE ? undefined : thresholds
}

function readThreshold(tree: YamlTree, context: ReadingContext): LatencyThreshold {
  const reader = openMap(tree, 'threshold', context)
  const condition = takeChoice(reader, 'conditionType', Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[])
  const statistic = takeChoice(reader, 'metric', Object.keys(STATISTICS) as (keyof typeof STATISTICS)[])
  const limitMs = takeDurationMs(reader, 'threshold', Number.NaN)
  finish(reader)
  if (condition === undefined || statistic === undefined || Number.isNaN(limitMs)) {
    return faultAtLine(context, reader.line, 'a threshold needs conditionType, metric and threshold')
  }
  return { line: reader.line, metric: CONDITIONS[condition], statistic: STATISTICS[statistic], limitMs }
}
