import type { CesRow } from '../../record/details/ces-details.ts'
import type { Metric } from '../../record/run-record.ts'
import { sampledMetric, valueMetric } from '../../stats/metric.ts'
import type { CesRun } from '../ces-run.ts'
import { KINDS } from '../kinds.ts'
import type { FanOut, RelistModel } from '../model/fan-out.ts'
import type { Savings } from '../model/savings.ts'
import { EVENT_TYPES, eventsPerSecond } from '../observation/event-tally.ts'
import { wholeTally } from './rows.ts'

const WATCH = 'watch'
/** Receive times are taken when the last piece of a line has come. */
const RESOLUTION_SECONDS = 0.001

interface Worked {
  rows: readonly CesRow[]
  savings: Savings
  fanOuts: readonly FanOut[]
  relists: readonly RelistModel[]
}

/** Everything that was measured, simulated or modelled, as metrics of the record. */
export function cesMetrics(run: CesRun, { rows, savings, fanOuts, relists }: Worked): Metric[] {
  const isSimulated = run.slices === 'simulated'
  return [
    ...rows.flatMap((row) => rowMetrics(run, row)),
    ...sliceMetrics(run),
    ...Object.entries(savings).map(([of, share]) =>
      valueMetric('saved_share', share, {
        labels: { of, basis: isSimulated ? 'simulated' : 'measured' },
        source: isSimulated ? 'simulation' : WATCH,
      }),
    ),
    ...fanOuts.flatMap(fanOutMetrics),
    ...relists.flatMap(relistMetrics),
    ...counterMetrics(run),
    ...run.requests,
    ...run.instruments,
  ]
}

function rowMetrics(
  run: CesRun,
  { kind, basis, byType, events, bytes, objects, listBytes, listSeconds }: CesRow,
): Metric[] {
  const origin = (labels: Record<string, string> = {}) => ({
    labels: { kind, ...labels, basis },
    source: basis === 'measured' ? WATCH : 'simulation',
  })
  const list = { ...origin(), source: basis === 'measured' ? 'client' : 'simulation' }
  const [first, last] = [run.steps[0], run.steps.at(-1)]
  const tally = wholeTally(run, basis === 'simulated' ? 'simulated' : kind)
  return [
    ...EVENT_TYPES.map((type) => valueMetric('watch_events', byType[type].events, origin({ type }))),
    valueMetric('watch_bytes', bytes, origin()),
    ...(events === 0 ? [] : [valueMetric('watch_event_size', bytes / events, origin())]),
    ...(first === undefined || last === undefined
      ? []
      : [sampledMetric('watch_event_rate', eventsPerSecond(tally, first.startedMs, last.endedMs), origin())]),
    ...(objects === undefined ? [] : [valueMetric('objects', objects, list)]),
    ...(listBytes === undefined ? [] : [valueMetric('list_bytes', listBytes, list)]),
    ...(listSeconds === undefined ? [] : [valueMetric('list_latency', listSeconds, list)]),
  ]
}

function sliceMetrics({ slices, propagation, inventory, steps }: CesRun): Metric[] {
  const basis = slices
  const origin = { labels: { basis }, source: slices === 'measured' ? WATCH : 'simulation' }
  const fill = slices === 'measured' ? inventory?.fill : inventory?.simulated.fill
  const backlog = steps.at(-1)?.backlog
  return [
    ...(fill === undefined || fill.length === 0 ? [] : [sampledMetric('slice_endpoints', fill, origin)]),
    ...(backlog === undefined ? [] : [valueMetric('unsettled_changes', backlog, origin)]),
    ...(slices === 'simulated'
      ? []
      : [
          sampledMetric('propagation_latency', propagation.delays, { ...origin, resolution: RESOLUTION_SECONDS }),
          sampledMetric('folded_changes', propagation.folded, origin),
        ]),
  ]
}

const MODEL = 'model'

function fanOutMetrics({ nodes, withoutSlices, withSlices }: FanOut): Metric[] {
  const origin = (slices: 'on' | 'off') => ({
    labels: { nodes: String(nodes), slices, basis: 'modelled' },
    source: MODEL,
  })
  return [
    valueMetric('fan_out_events', withoutSlices.events, origin('off')),
    valueMetric('fan_out_events', withSlices.events, origin('on')),
    valueMetric('fan_out_bytes', withoutSlices.bytes, origin('off')),
    valueMetric('fan_out_bytes', withSlices.bytes, origin('on')),
  ]
}

function relistMetrics({ nodes, withoutSlicesBytes, withSlicesBytes }: RelistModel): Metric[] {
  const origin = (slices: 'on' | 'off') => ({
    labels: { nodes: String(nodes), slices, basis: 'modelled' },
    source: MODEL,
  })
  return [
    valueMetric('relist_bytes', withoutSlicesBytes, origin('off')),
    valueMetric('relist_bytes', withSlicesBytes, origin('on')),
  ]
}

function counterMetrics({ counters }: CesRun): Metric[] {
  return KINDS.flatMap((kind) => {
    const origin = { labels: { kind }, source: 'apiserver-metrics', resolution: 1 }
    const [events, watchers] = [counters?.events[kind], counters?.watchers[kind]]
    return [
      ...(events === undefined ? [] : [valueMetric('apiserver_watch_events', events, origin)]),
      ...(watchers === undefined ? [] : [valueMetric('apiserver_watchers', watchers, origin)]),
    ]
  })
}
