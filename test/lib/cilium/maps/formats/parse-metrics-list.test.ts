import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AgentMetric } from '../../../../../lib/cilium/maps/formats/agent-metrics.ts'
import { parseMetricsList } from '../../../../../lib/cilium/maps/formats/parse-metrics-list.ts'
import { PerfError } from '../../../../../lib/errors/perf-error.ts'
import { recordedMetrics, STATES } from '../recorded.ts'

const compare = (a: string, b: string) => (a < b ? -1 : 1)
const seriesOf = ({ name, labels }: AgentMetric) =>
  `${name} ${JSON.stringify(labels, Object.keys(labels).toSorted(compare))}`

test.each(STATES)('the table and the JSON of an agent that is %s say the same, value by value', (state) => {
  const json = new Map(parseMetricsList(recordedMetrics(state)).map((metric) => [seriesOf(metric), metric.value]))
  const table = parseMetricsList(recordedMetrics(state, 'txt')).filter(({ name }) =>
    /bpf_map_(?:capacity|pressure)|gc_entries|drop_count/.test(name),
  )
  expect(table.length).toBeGreaterThan(20)
  for (const metric of table) {
    expect(json.get(seriesOf(metric)), seriesOf(metric)).toBeDefined()
    expect(metric.value).toBeCloseTo(json.get(seriesOf(metric)) ?? -1, 5)
  }
})

test('a value of 0 and labels that are none are left out in JSON', () => {
  const text = '[{"name":"a","labels":{"status":"alive"}},{"name":"b","value":7}]'
  expect(parseMetricsList(text)).toEqual([
    { name: 'a', labels: { status: 'alive' }, value: 0 },
    { name: 'b', labels: {}, value: 7 },
  ])
})

test('no metric matches: null up to 1.16, an empty list after it', () => {
  expect(parseMetricsList('null\n')).toEqual([])
  expect(parseMetricsList('[]\n\n')).toEqual([])
})

test('the table of 1.17 has labels without quotes, whose values may hold blanks, and three quantiles for a histogram', () => {
  const text = `Metric                             Labels                                                Value
cilium_bpf_map_capacity            map_group=cilium_ct4_global                           147056.000000
cilium_drop_count_total            direction=EGRESS reason=Unsupported L3 protocol       2.000000
cilium_drop_count_total            reason=CT: Map insertion failed direction=INGRESS     31.000000
cilium_datapath_conntrack_gc_duration_seconds   family=ipv4 protocol=TCP status=completed   1.5ms / 4.5ms / 4.95ms
cilium_process_start_time_seconds                                                        1795220460.020000
`
  expect(parseMetricsList(text)).toEqual([
    { name: 'cilium_bpf_map_capacity', labels: { map_group: 'cilium_ct4_global' }, value: 147056 },
    { name: 'cilium_drop_count_total', labels: { direction: 'EGRESS', reason: 'Unsupported L3 protocol' }, value: 2 },
    {
      name: 'cilium_drop_count_total',
      labels: { direction: 'INGRESS', reason: 'CT: Map insertion failed' },
      value: 31,
    },
    { name: 'cilium_process_start_time_seconds', labels: {}, value: 1795220460.02 },
  ])
})

test.each([
  ['', 'metrics list: neither JSON nor a table of metrics (it printed nothing)'],
  ['Error: Cannot get metrics list: dial unix', /neither JSON nor a table of metrics: "Error: Cannot get/],
  ['[{"name":"a","value":1},{"na', /its output is no JSON, or only the beginning of it/],
  ['[{"value":1}]', 'metrics list: a metric has no name'],
  ['[{"name":"a","value":"1"}]', 'metrics list: the value of a is no number'],
  ['[[1]]', 'metrics list: a metric has no name'],
])('%j is an error that says what is wrong', (text, message) => {
  expect(() => parseMetricsList(text)).toThrow(message)
  expect(() => parseMetricsList(text)).toThrow(PerfError)
})

test('whatever is printed, the result is metrics with numbers, or a PerfError', () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.string().map((rest) => `Metric   Labels   Value\n${rest}`),
    fc.nat().map((length) => recordedMetrics('busy').slice(0, length)),
    fc.nat().map((length) => recordedMetrics('busy', 'txt').slice(0, length)),
  )
  fc.assert(
    fc.property(text, (printed) => {
      try {
        for (const { name, labels, value } of parseMetricsList(printed)) {
          expect([typeof name, typeof labels, typeof value]).toEqual(['string', 'object', 'number'])
        }
      } catch (error) {
        expect(error).toBeInstanceOf(PerfError)
      }
    }),
  )
})

test('metrics that are written as JSON are read back', () => {
  const metric = fc.record({
    name: fc.stringMatching(/^[a-z_]{1,20}$/),
    labels: fc.dictionary(
      fc.stringMatching(/^[a-z_]{1,10}$/).filter((name) => name !== '__proto__'),
      fc.string(),
      { noNullPrototype: true },
    ),
    value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
  })
  fc.assert(
    fc.property(fc.array(metric), (metrics) => {
      const printed = metrics.map(({ value, labels, ...rest }) => ({
        ...rest,
        ...(Object.keys(labels).length === 0 ? {} : { labels }),
        ...(value === 0 ? {} : { value }),
      }))
      expect(parseMetricsList(JSON.stringify(printed, undefined, 2))).toEqual(metrics)
    }),
  )
})

test('1 MB of metrics is read', () => {
  const metrics = Array.from({ length: 12_000 }, (_, index) => ({
    name: 'cilium_bpf_map_ops_total',
    labels: { map_name: `map${index}`, operation: 'update', outcome: 'success' },
    value: index,
  }))
  const text = JSON.stringify(metrics)
  expect(text.length).toBeGreaterThan(1_000_000)
  expect(parseMetricsList(text)).toHaveLength(12_000)
})
