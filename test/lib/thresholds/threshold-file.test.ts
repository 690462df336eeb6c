import { expect, test } from 'vitest'
import { parseThresholdFile } from '../../../lib/thresholds/threshold-file.ts'

const expressions = (text: string) => parseThresholdFile(text, 't.yaml').map(({ expression }) => expression)

test('a list of expressions', () => {
  expect(expressions('- pod_ready_latency.p99<5s\n- pods_measured>=10\n')).toEqual([
    'pod_ready_latency.p99<5s',
    'pods_measured>=10',
  ])
})

test('the metricName form says when it fails, in milliseconds', () => {
  const text = `
thresholds:
  - {metricName: podLatency, operator: ">=", value: 5000}
  - {metricName: apiLatencyP95, operator: ">=", value: 100}
  - {metricName: pods_measured, operator: "<", value: 10}
`
  expect(parseThresholdFile(text, 't.yaml')).toMatchObject([
    { numerator: { metric: 'pod_ready_latency', statistic: 'p99' }, operator: '<', limit: 5 },
    { numerator: { metric: 'api_request_latency', statistic: 'p95' }, operator: '<', limit: 0.1 },
    { numerator: { metric: 'pods_measured' }, operator: '>=', limit: 10 },
  ])
})

test.each([
  ['- pod_ready_latency<5s\n- nothing<1s\n', 't.yaml:2: invalid threshold "nothing<1s": unknown metric "nothing"'],
  ['thresholds:\n- {metricName: podLatency, operator: "=>", value: 5}\n', 't.yaml:2: operator "=>" is not one of'],
  ['thresholds:\n- {metricName: podLatency, operator: ">", value: x}\n', 't.yaml:2: value "x" is not a number'],
  ['thresholds:\n- {metricName: podLatency, operator: ">", value: 1, unit: s}\n', 't.yaml:2: unknown key "unit"'],
  ['- 5\n', 't.yaml:1: expected an expression'],
  ['foo: bar\n', 't.yaml:1: expected a list of thresholds'],
  ['', 't.yaml:1: expected a list of thresholds'],
  ['a: [\n', 't.yaml:2: '],
])('%j is refused with its line', (text, message) => {
  expect(() => parseThresholdFile(text, 't.yaml')).toThrow(message)
})
