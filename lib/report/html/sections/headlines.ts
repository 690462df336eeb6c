import { bigTcpDetailsOf } from '../../../record/details/bigtcp-details.ts'
import { cesDetails } from '../../../record/details/ces-details.ts'
import { ciliumMapsDetailsOf } from '../../../record/details/cilium-maps-details.ts'
import { lintDetailsOf } from '../../../record/details/lint-details.ts'
import { maxPodsDetails } from '../../../record/details/maxpods-details.ts'
import { netperfDetailsOf } from '../../../record/details/netperf-details.ts'
import type { RunRecord, Statistics } from '../../../record/run-record.ts'
import { bestFirst } from '../../../stats/best-source.ts'
import { sum } from '../../../stats/sum.ts'
import { type Html, html } from '../html.ts'
import { count, estimate, figure } from '../pieces/figure.ts'

export type Headline = readonly [label: string, value: Html]

/** The few figures for which somebody runs the command. */
export function headlines(record: RunRecord): readonly Headline[] {
  return HEADLINES.get(record.kind)?.(record) ?? []
}

const HEADLINES: ReadonlyMap<string, (record: RunRecord) => readonly Headline[]> = new Map(
  Object.entries<(record: RunRecord) => readonly Headline[]>({
    density: (record) => [
      ...headline(record, 'pods created', 'pods_created', ['value']),
      ...headline(record, 'pods ready, median', 'pod_ready_latency', ['p50']),
      ...headline(record, 'pods ready, slowest of 100', 'pod_ready_latency', ['p99']),
      ...headline(record, 'pods ready, slowest', 'pod_ready_latency', ['max']),
      ...headline(record, 'rate of creation', 'pod_create_throughput', ['value', 'mean']),
      ...headline(record, 'rate of getting ready', 'pod_ready_throughput', ['value', 'mean']),
    ],
    netperf: (record) =>
      (netperfDetailsOf(record)?.rows ?? []).slice(0, 4).flatMap(({ parameters, flows, requests }): Headline[] => {
        const name = `${parameters.protocol}${parameters.mode === 'stream' ? '' : `-${parameters.mode}`}, ${parameters.path}, ${parameters.placement}`
        const [flow] = flows
        const [part, unit] = requests === undefined ? ([flow, 'bit/s'] as const) : ([requests, '1/s'] as const)
        if (part?.total === undefined && part?.acrossPairs !== undefined)
          return [[`${name}, median pair`, figure(part.acrossPairs.p50, unit)]]
        return [[name, estimate(part?.total, unit)]]
      }),
    'cilium-maps': (record) => {
      const details = ciliumMapsDetailsOf(record)
      if (details === undefined) return []
      const [fullest] = details.maps.filter(({ maxPressure }) => maxPressure !== undefined)
      return [
        ['agents read', count(details.agents.length)],
        ['maps full', count(details.maps.filter(({ state }) => state === 'full').length)],
        ['maps nearly full', count(details.maps.filter(({ state }) => state === 'high').length)],
        ...(fullest === undefined ? [] : [[`fullest: ${fullest.map}`, figure(fullest.maxPressure, 'ratio')] as const]),
      ]
    },
    'control-plane': ({ metrics }) => {
      const named = (name: string) => metrics.filter((metric) => metric.name === name)
      const rates = named('apiserver_request_rate').flatMap(({ statistics }) => statistics.value ?? [])
      const waiting = named('workqueue_depth').flatMap(({ statistics }) => statistics.value ?? [])
      return [
        ['requests to the API server', figure(rates.length === 0 ? undefined : sum(rates), '1/s')],
        ['in work queues', count(waiting.length === 0 ? undefined : sum(waiting))],
        ...named('etcd_database_size')
          .slice(0, 1)
          .map(({ statistics }) => ['etcd database', figure(statistics.value, 'B')] as const),
      ]
    },
    'ces-compare': (record) => {
      const { saved } = cesDetails(record) ?? {}
      return saved === undefined
        ? []
        : [
            ['events saved', figure(saved.events, 'ratio')],
            ['bytes saved', figure(saved.bytes, 'ratio')],
            ['bytes of a full list saved', figure(saved.relist, 'ratio')],
          ]
    },
    'maxpods-check': (record) => {
      const details = maxPodsDetails(record)
      if (details === undefined) return []
      const { cluster, pending } = details
      return [
        ['pods running', count(cluster.running)],
        ['more pods fit', count(cluster.free)],
        ['at most', count(cluster.maximum)],
        ['pending', count(pending.reduce((sum, { count: pods }) => sum + pods, 0))],
      ]
    },
    'cilium-lint': (record) => {
      const { problems = [], keys } = lintDetailsOf(record) ?? {}
      const of = (wanted: string) => problems.filter(({ severity }) => severity === wanted).length
      return [
        ['keys', count(keys)],
        ['errors', count(of('error'))],
        ['warnings', count(of('warning'))],
      ]
    },
    'cilium-bigtcp': (record) => {
      const families = (bigTcpDetailsOf(record)?.nodes ?? []).flatMap((node) => node.families)
      return [
        ['on', html`${count(families.filter(({ state }) => state === 'on').length)} of ${count(families.length)}`],
      ]
    },
  }),
)

function headline(record: RunRecord, label: string, name: string, keys: readonly (keyof Statistics)[]): Headline[] {
  const [metric] = bestFirst(record.metrics.filter((one) => one.name === name && Object.keys(one.labels).length === 0))
  const key = keys.find((one) => metric?.statistics[one] !== undefined)
  if (metric === undefined || key === undefined) return []
  const value = metric.statistics[key]
  return [[label, metric.unit === 'count' ? count(value) : figure(value, metric.unit, metric.resolution)]]
}
