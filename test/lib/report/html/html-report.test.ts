import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Metric } from '../../../../lib/record/run-record.ts'
import { pageAssets } from '../../../../lib/report/html/assets.ts'
import { htmlReport } from '../../../../lib/report/html/html-report.ts'
import { sampledMetric, valueMetric } from '../../../../lib/stats/metric.ts'
import { largeRecord, recorded, recordedNames } from './recorded.ts'

const assets = pageAssets()
const pageOf = (name: string) => [...htmlReport(recorded(name), {}, assets)].join('')

/** Titles of the sections only this command has, which are more than the parts that all pages have. */
const OWN_SECTIONS: Readonly<Record<string, readonly string[]>> = {
  accept: ['Checklist', 'Evidence'],
  'ces-compare': [
    'Endpoints against slices',
    'Events over time',
    'Steps of the load',
    'Larger clusters (modelled)',
    'Slices and operator',
  ],
  'cilium-bigtcp': ['BIG TCP on each node'],
  'cilium-lint': ['Helm values'],
  'cilium-maps-load': ['eBPF maps', 'What to change', 'Under load', 'Connection tracking', 'Agents'],
  compare: ['runs/density → runs/density-2'],
  'control-plane': ['API server', 'etcd', 'Work queues and scheduler', 'Watches and objects'],
  density: ['Pod latency', 'Pods over time', 'Slowest pods', 'API server', 'etcd', 'Watches and objects'],
  'density-interrupted': ['Pod latency', 'Pods over time', 'Slowest pods', 'API server', 'etcd', 'Watches and objects'],
  'maxpods-check': ['Room for pods', 'What limits each node', 'Would more fit?', 'What must change'],
  netperf: ['Network tests', 'Samples in their order', 'Pods and interfaces'],
  'netperf-mesh': ['Network tests', 'Between all nodes', 'Pairs', 'Pods and interfaces'],
}

describe.each(recordedNames())('%s', (name) => {
  const page = pageOf(name)

  test('has the sections of its command', () => {
    const titles = Array.from(page.matchAll(/<h2 id="[^"]*">([^<]*)<\/h2>/g), ([, title]) => title)
    expect(titles).toEqual(expect.arrayContaining([...(OWN_SECTIONS[name] ?? ['no such record'])]))
    expect(titles[0]).toBe('Verdict')
    expect(titles.at(-1)).toBe('Parameters and environment')
  })

  test('names the hashes of what runs in it and nothing else', () => {
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? []
    const [, script = ''] = /<script>(.*)<\/script><\/body>/s.exec(page) ?? []
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(page) ?? []
    expect(policy.replaceAll('&#39;', "'")).toBe(
      `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`,
    )
    expect(page).not.toMatch(/ style="| on[a-z]+="|<(?:link|img|iframe|base)\b/)
  })

  test('is no larger than a mail takes', () => {
    expect(Buffer.byteLength(page)).toBeLessThan(1_000_000)
  })
})

test('the page of 20,000 samples has less than 1 MB, and draws them in few hundred steps that it names', () => {
  const page = [...htmlReport(largeRecord(20_000), {}, assets)].join('')
  expect(Buffer.byteLength(page)).toBeLessThan(1_000_000)
  expect(page).toContain('of all values, drawn in')
  expect(page).toContain('20,000')
})

test('API servers that are told apart have rows of their own, each with its own figures', () => {
  const metrics = ['server-a', 'server-b'].flatMap((instance, index): Metric[] => {
    const origin = { source: 'prometheus' }
    const queue = { component: 'apiserver', queue: 'open_api', instance }
    const pods = { resource: 'pods', instance }
    return [
      valueMetric('workqueue_add_rate', 10 + index, { ...origin, labels: queue }),
      valueMetric('workqueue_depth', 1700 + index, { ...origin, labels: queue }),
      valueMetric('apiserver_watchers', 30 + index, { ...origin, labels: pods }),
      valueMetric('apiserver_watch_event_rate', 410 + index, { ...origin, labels: pods }),
      valueMetric('apiserver_seat_limit', 1234 + index, { ...origin, labels: { priority_level: 'system', instance } }),
    ]
  })
  const page = [...htmlReport({ ...recorded('control-plane'), metrics }, {}, assets)].join('')
  const rows = Array.from(page.matchAll(/<tr>(.*?)<\/tr>/g), ([, row = '']) => row.replaceAll(/<[^>]*>/g, ' '))
  const own = (instance: string, text: string) => rows.filter((row) => row.includes(instance) && row.includes(text))
  expect(own('server-a', 'open_api')[0]).toMatch(/ 1700 .* 10\.0\/s /)
  expect(own('server-b', 'open_api')[0]).toMatch(/ 1701 .* 11\.0\/s /)
  expect(own('server-a', 'pods')[0]).toMatch(/ 30 .* 410\/s /)
  expect(own('server-b', 'pods')[0]).toMatch(/ 31 .* 411\/s /)
  expect(own('server-b', 'apiserver_seat_limit')[0]).toContain(' 1235 ')
})

test('of a checklist and of a repeated run, figures of the API server say which item and which repeat they are of', () => {
  // The evidence of each item has such a table of its own, without that column, before the one of all.
  const headings = (page: string) => {
    const all = Array.from(
      page.matchAll(/How long requests take.*?<thead><tr>(.*?)<\/tr>/gs),
      ([, heads = '']) => heads,
    )
    return all.at(-1)?.replaceAll(/<[^>]*>/g, ' ')
  }
  expect(headings(pageOf('accept'))).toMatch(/ Duration +Item +Count /)
  const { metrics, ...density } = recorded('density')
  const repeated = metrics.map((metric) => ({ ...metric, labels: { ...metric.labels, run: '2' } }))
  expect(headings([...htmlReport({ ...density, metrics: repeated }, {}, assets)].join(''))).toMatch(/ Repeat +Count /)
  expect(headings(pageOf('density'))).toMatch(/ Duration +Count /)
})

test('a comparison that nothing gates has not passed: it was compared', () => {
  const record = recorded('compare')
  const verdictOf = (failOnRegression?: string) => {
    const { parameters, ...others } = record
    const gated = { ...others, parameters: { ...parameters, ...(failOnRegression && { failOnRegression }) } }
    return /<p class="outcome"><strong>([A-Z ]+)<\/strong>/.exec([...htmlReport(gated, {}, assets)].join(''))?.[1]
  }
  expect(verdictOf()).toBe('COMPARED')
  expect(verdictOf('5%')).toBe('PASSED')
  expect([...htmlReport([record, recorded('netperf')], {}, assets)].join('')).toContain('>compared</span>')
})

test('flags in advice are not broken at their hyphens', () => {
  expect(pageOf('netperf')).toContain(
    '<span class="flag">--client-node</span>, <span class="flag">--server-node</span>',
  )
})

test("quantiles of a server's histogram are as fine as their own buckets; one in the last has its sign", () => {
  const metric: Metric = {
    name: 'etcd_request_latency',
    unit: 's',
    labels: { operation: 'get', type: 'pods' },
    statistics: { count: 100, p50: 0.504, p90: 20, p99: 60 },
    interpolated: { p50: [0.5, 0.6], p90: [10, 60], p99: [60, null], max: [60, null] },
    resolution: 50,
    source: 'apiserver-metrics',
  }
  const page = [...htmlReport({ ...recorded('control-plane'), metrics: [metric] }, {}, assets)].join('')
  const rows = Array.from(page.matchAll(/<tr>(.*?)<\/tr>/g), ([, row = '']) => row.replaceAll(/<[^>]*>/g, ' '))
  const figures = rows.filter((row) => row.includes('500ms'))
  expect(figures).toHaveLength(2)
  for (const row of figures) expect(row).toMatch(/ 500ms\s+&lt;50s\s+&gt;\s*1m /)
})

test('a distribution that has a 0 is on a linear axis, whatever is drawn beside it', () => {
  const wide = Array.from({ length: 40 }, (_, index) => 1.5 ** index / 1000)
  const metrics = [
    sampledMetric('api_request_latency', wide, { source: 'client', labels: { verb: 'create' } }),
    sampledMetric('api_request_latency', [0, ...wide], { source: 'client', labels: { verb: 'list' } }),
  ]
  const scales = (some: readonly Metric[]) => {
    const page = [...htmlReport({ ...recorded('density'), series: [], metrics: [...some] }, {}, assets)].join('')
    return Array.from(
      page.matchAll(/"xLabel":"api_request_latency","xUnit":"s","xScale":"(\w+)"/g),
      ([, scale]) => scale,
    )
  }
  expect(scales(metrics.slice(0, 1))).toEqual(['log', 'log'])
  expect(scales(metrics)[0]).toBe('linear')
})

test('what has no figure is said to have none', () => {
  const record = recorded('density')
  const [page] = [
    [
      ...htmlReport(
        { ...record, thresholds: [{ expression: 'pod_ready_latency.p99<5s', observed: null, passed: false }] },
        {},
        assets,
      ),
    ].join(''),
  ]
  expect(page).toContain('<span class="none">no data</span>')
  expect(page).toContain('fail: no data')
})

test('several records: an overview, and an article for each with names of its own', () => {
  const page = [...htmlReport([recorded('density'), recorded('netperf')], {}, assets)].join('')
  const ids = Array.from(page.matchAll(/ id="([^"]*)"/g), ([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(page.match(/<article/g)).toHaveLength(2)
  expect(page).toContain('<a href="#run-2-verdict">')
})

test('of the same record always the same page', () => {
  expect(pageOf('netperf')).toBe(pageOf('netperf'))
})
