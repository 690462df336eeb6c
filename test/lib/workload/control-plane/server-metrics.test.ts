import { describe, expect, test } from 'vitest'
import type { Labels } from '../../../../lib/prometheus/exposition/exposition.ts'
import { parseExposition } from '../../../../lib/prometheus/exposition/parse-exposition.ts'
import { seriesKey } from '../../../../lib/prometheus/exposition/series-key.ts'
import type { Metric } from '../../../../lib/record/run-record.ts'
import { familyNames } from '../../../../lib/workload/control-plane/metric-families.ts'
import { SERVER_FAMILIES, serverFigures } from '../../../../lib/workload/control-plane/server-metrics.ts'
import { type ReferenceLatency, recordedScrape, reference } from '../../prometheus/recorded.ts'
import { windowOf } from './window-of.ts'

function figures(before: string, after: string) {
  const [earlier, later] = [before, after].map((text) =>
    parseExposition(text, { metrics: familyNames(SERVER_FAMILIES) }),
  )
  if (earlier === undefined || later === undefined) throw new Error('two scrapes')
  return serverFigures([windowOf(earlier, later)], 'apiserver-metrics')
}

const named = (metrics: readonly Metric[], name: string) => metrics.filter((metric) => metric.name === name)
const values = (metrics: readonly Metric[]) => metrics.map(({ labels, statistics }) => [labels, statistics.value])

describe('a real API server under a burst, against what Prometheus makes of its scrapes', () => {
  const { metrics, findings } = figures(recordedScrape('before'), recordedScrape('after'))
  const { requests, etcd, queueing } = reference()

  /** The statistics that so many observations carry, from Prometheus' own values. */
  const expected = ({ count, sum, at }: ReferenceLatency) => ({
    count,
    mean: expect.closeTo(sum / count, 9),
    ...(count >= 2 ? { p50: expect.closeTo(at['0.5'] ?? Number.NaN, 12) } : {}),
    ...(count >= 10 ? { p90: expect.closeTo(at['0.9'] ?? Number.NaN, 12) } : {}),
    ...(count >= 20 ? { p95: expect.closeTo(at['0.95'] ?? Number.NaN, 12) } : {}),
    ...(count >= 100 ? { p99: expect.closeTo(at['0.99'] ?? Number.NaN, 12) } : {}),
    ...(count >= 1000 ? { p999: expect.closeTo(at['0.999'] ?? Number.NaN, 12) } : {}),
  })
  const byLabels = (a: { labels: Labels }, b: { labels: Labels }) =>
    seriesKey(a.labels) < seriesKey(b.labels) ? -1 : 1

  test('latency by verb, resource and scope', () => {
    const wanted = requests
      .filter(({ labels }) => labels.resource !== '' && labels.verb !== 'WATCH' && labels.subresource !== 'proxy')
      .map((row) => {
        const { verb = '', resource = '', subresource = '', scope = '' } = row.labels
        const labels = {
          verb,
          resource: subresource === '' ? resource : `${resource}/${subresource}`,
          scope,
          duration: 'total',
        }
        return { labels, statistics: expected(row) }
      })
    const ours = named(metrics, 'apiserver_request_latency')
      .filter(({ labels }) => labels.duration === 'total' && labels.verb !== 'WATCHLIST')
      .map(({ labels, statistics }) => ({ labels, statistics }))
    expect(wanted.length).toBe(19)
    expect(ours.sort(byLabels)).toEqual(wanted.sort(byLabels))
  })

  test('the 600 creations of the burst, as far as they were let in', () => {
    const labels = { verb: 'POST', resource: 'configmaps', scope: 'resource', duration: 'total' }
    expect(
      metrics.find(
        (metric) =>
          metric.name === 'apiserver_request_latency' &&
          metric.labels.verb === 'POST' &&
          metric.labels.resource === 'configmaps',
      ),
    ).toEqual({
      name: 'apiserver_request_latency',
      unit: 's',
      labels,
      // By hand: ranks 309.5, 557.1, 588.05 and 612.81 of 619 in Prometheus' linear interpolation.
      statistics: {
        count: 619,
        mean: expect.closeTo(85.74000503999997 / 619, 12),
        p50: expect.closeTo(0.10480769230769231, 12),
        p90: expect.closeTo(0.323875, 12),
        p95: expect.closeTo(0.3625625, 12),
        p99: expect.closeTo(0.3935125, 12),
      },
      interpolated: { max: [6, 8], p50: [0.1, 0.2], p90: [0.2, 0.4], p95: [0.2, 0.4], p99: [0.2, 0.4] },
      resolution: 2,
      source: 'apiserver-metrics',
    })
  })

  test('etcd by operation and type', () => {
    const wanted = etcd.map((row) => {
      const { operation = '', group = '', resource = '' } = row.labels
      return {
        labels: { operation, type: group === '' ? resource : `${resource}.${group}` },
        statistics: expected(row),
      }
    })
    const ours = named(metrics, 'etcd_request_latency').map(({ labels, statistics }) => ({ labels, statistics }))
    expect(ours.sort(byLabels)).toEqual(wanted.sort(byLabels))
  })

  test('waiting in queues by flow', () => {
    const wanted = queueing.map((row) => ({ labels: row.labels, statistics: expected(row) }))
    const ours = named(metrics, 'apiserver_queue_latency').map(({ labels, statistics }) => ({ labels, statistics }))
    expect(ours.sort(byLabels)).toEqual(wanted.sort(byLabels))
  })

  test('requests by status code, and those rejected, with a finding', () => {
    const created = named(metrics, 'apiserver_requests').filter(
      ({ labels }) => labels.verb === 'POST' && labels.resource === 'configmaps',
    )
    const labels = { verb: 'POST', resource: 'configmaps', scope: 'resource' }
    expect(values(created)).toEqual([
      [{ ...labels, code: '201' }, 619],
      [{ ...labels, code: '429' }, 181],
    ])
    expect(values(named(metrics, 'apiserver_rejected_requests'))).toEqual([
      [{ priority_level: 'global-default', flow_schema: 'global-default', reason: 'queue-full' }, 181],
    ])
    expect(findings).toEqual([
      {
        severity: 'warning',
        code: 'RequestsRejected',
        message: 'API Priority and Fairness rejected 181 requests: global-default at global-default (queue-full: 181)',
        advice: expect.stringContaining('--qps'),
        count: 181,
      },
    ])
  })

  test('no watches and no requests that last as long as one wants', () => {
    const latencies = named(metrics, 'apiserver_request_latency')
    expect(latencies.filter(({ labels }) => labels.verb === 'WATCH')).toEqual([])
    expect(new Set(latencies.map(({ labels }) => labels.duration))).toEqual(new Set(['total', 'sli']))
  })
})

const START = 'process_start_time_seconds 1.7e9\n'
const bucketed = (name: string, labels: string, count: number) =>
  `${name}_bucket{${labels},le="1"} ${count}\n${name}_bucket{${labels},le="+Inf"} ${count}\n${name}_sum{${labels}} ${count / 2}\n${name}_count{${labels}} ${count}\n`
const request = (verb: string, resource: string, subresource: string, rest = '') =>
  bucketed(
    'apiserver_request_duration_seconds',
    `verb="${verb}",resource="${resource}",subresource="${subresource}",scope="resource"${rest}`,
    4,
  )

test('versions, groups and dry runs of a resource are one row; long-running requests and paths are none', () => {
  const after = `${START}# TYPE apiserver_request_duration_seconds histogram
${request('GET', 'pods', '')}${request('GET', 'pods', '', ',dry_run="All"')}${request('GET', 'pods', 'log')}${request('WATCH', 'pods', '')}${request('CONNECT', 'pods', 'exec')}${request('GET', 'nodes', 'proxy')}${request('GET', '', '/readyz')}${request('PUT', 'pods', 'status')}`
  const { metrics } = figures(START, after)
  expect(metrics.map(({ labels, statistics }) => [labels.verb, labels.resource, statistics])).toEqual([
    ['GET', 'pods', { count: 8, mean: 0.5, p50: 0.5 }],
    ['PUT', 'pods/status', { count: 4, mean: 0.5, p50: 0.5 }],
  ])
})

test('a server of Kubernetes 1.25: its own names and labels', () => {
  const labels = 'verb="GET",resource="pods",subresource="",scope="resource"'
  const after = `${START}# TYPE apiserver_request_slo_duration_seconds histogram
${bucketed('apiserver_request_slo_duration_seconds', labels, 2)}# TYPE etcd_request_duration_seconds histogram
${bucketed('etcd_request_duration_seconds', 'operation="list",type="*core.Pod"', 3)}# TYPE apiserver_storage_objects gauge
apiserver_storage_objects{resource="namespaces"} 4
apiserver_storage_objects{resource="deployments.apps"} 0
`
  const { metrics } = figures(START, after)
  expect(metrics.map(({ name, labels, statistics }) => [name, labels, statistics.count ?? statistics.value])).toEqual([
    ['apiserver_request_latency', { verb: 'GET', resource: 'pods', scope: 'resource', duration: 'sli' }, 2],
    ['etcd_request_latency', { operation: 'list', type: '*core.Pod' }, 3],
    ['stored_objects', { resource: 'namespaces' }, 4],
    ['stored_objects', { resource: 'deployments.apps' }, 0],
  ])
})

test('where priority and fairness is at work and rejected nothing, that is a 0; where it is not, there is no figure', () => {
  const dispatched =
    '# TYPE apiserver_flowcontrol_dispatched_requests_total counter\napiserver_flowcontrol_dispatched_requests_total 3\n'
  expect(values(figures(START, START + dispatched).metrics)).toEqual([[{}, 0]])
  expect(figures(START, START)).toEqual({ metrics: [], findings: [] })
})

test('a series that went down has no figure, and a finding says so', () => {
  const requests = (count: number) =>
    `${START}# TYPE apiserver_request_total counter\napiserver_request_total{verb="GET",resource="pods",scope="",code="200"} ${count}\n`
  expect(figures(requests(5), requests(4))).toEqual({
    metrics: [],
    findings: [
      {
        severity: 'warning',
        code: 'MetricsReset',
        message: "1 series of the API server's metrics went down during the run: they have no figure",
        objects: ['apiserver_request_total{verb=GET,resource=pods,code=200}'],
        count: 1,
      },
    ],
  })
})

test('two servers together: counts are summed, and so are the buckets of histograms', () => {
  const scrape = (start: number, count: number) =>
    parseExposition(
      `process_start_time_seconds ${start}\n# TYPE apiserver_request_total counter\napiserver_request_total{verb="GET",resource="pods",scope="resource",code="200"} ${count}\n# TYPE apiserver_request_duration_seconds histogram\n${bucketed('apiserver_request_duration_seconds', 'verb="GET",resource="pods",scope="resource"', count)}`,
    )
  const { metrics } = serverFigures(
    [windowOf(scrape(1, 100), scrape(1, 130)), windowOf(scrape(2, 5), scrape(2, 15))],
    'prometheus',
  )
  expect(values(named(metrics, 'apiserver_requests'))).toEqual([
    [{ verb: 'GET', resource: 'pods', scope: 'resource', code: '200' }, 40],
  ])
  expect(
    named(metrics, 'apiserver_request_latency').map(({ statistics, source }) => [statistics.count, source]),
  ).toEqual([[40, 'prometheus']])
})
