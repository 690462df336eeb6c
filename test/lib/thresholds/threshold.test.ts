import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OPERATORS, parseThreshold } from '../../../lib/thresholds/threshold.ts'

describe('an expression', () => {
  test('has a metric, a statistic, an operator and a limit in base units', () => {
    expect(parseThreshold('pod_ready_latency.p99<5s')).toEqual({
      expression: 'pod_ready_latency.p99<5s',
      numerator: { metric: 'pod_ready_latency', labels: {}, statistic: 'p99' },
      operator: '<',
      limit: 5,
    })
    expect(parseThreshold(' pod_ready_latency . max <= 250 ms ').limit).toBe(0.25)
    expect(parseThreshold('pod_ready_throughput>=1.5e1/s').limit).toBe(15)
  })

  test('without a statistic means p99 of latencies, p50 of rates and the value of the rest', () => {
    const statistic = (expression: string) => parseThreshold(expression).numerator.statistic
    expect(statistic('pod_ready_latency<5s')).toBe('p99')
    expect(statistic('pod_ready_throughput>1')).toBe('p50')
    expect(statistic('pods_measured==10')).toBe('value')
  })

  test('selects series by labels, quoted or bare', () => {
    const { numerator } = parseThreshold(String.raw`api_request_latency{verb=create, resource="a,\"b"}.p50<1s`)
    expect(numerator.labels).toEqual({ verb: 'create', resource: 'a,"b' })
  })

  test('may be a ratio of two figures of one unit', () => {
    expect(parseThreshold('pod_ready_throughput.p05/pod_ready_throughput.p50>0.7')).toMatchObject({
      numerator: { statistic: 'p05' },
      denominator: { statistic: 'p50' },
      limit: 0.7,
    })
    expect(parseThreshold('pods_measured/pods_created>=99%').limit).toBeCloseTo(0.99, 12)
  })

  test.each([
    [
      'pod_redy_latency<1s',
      'invalid threshold "pod_redy_latency<1s": unknown metric "pod_redy_latency"; did you mean "pod_ready_latency"?',
    ],
    ['zzz<1s', 'invalid threshold "zzz<1s": unknown metric "zzz"'],
    ['pod_ready_latency.p98<1s', 'unknown statistic "p98", use one of value, count, min'],
    ['pod_ready_latency<1parsec', '"parsec" is no unit of pod_ready_latency, use one of ns, us, µs'],
    ['pods_measured>1s', '"s" is no unit of pods_measured, write a plain number'],
    ['pods_measured/pod_ready_latency<1', 'a ratio of count and s has no meaning'],
    ['api_request_latency{verb}<1s', '"verb" is not label=value'],
    [
      'pod_ready_latency{nod=x}.p99<1s',
      'invalid threshold "pod_ready_latency{nod=x}.p99<1s": pod_ready_latency has no label "nod"; did you mean "node"?',
    ],
    ['pods_not_ready{verb=create}==0', 'pods_not_ready has no label "verb"; use one of reason, source'],
    ['pods_created{zone=a}>1', 'pods_created has no label "zone"; use one of source'],
    ['pods_measured/pods_created{souce=watch}==1', 'pods_created has no label "souce"; did you mean "source"?'],
    ['pod_ready_latency', 'invalid threshold "pod_ready_latency"'],
    ['pod_ready_latency=<1s', 'invalid threshold "pod_ready_latency=<1s"'],
    ['', 'invalid threshold ""'],
  ])('%s is refused with the reason', (expression, message) => {
    expect(() => parseThreshold(expression)).toThrow(message)
  })
})

test('whatever the parts, they come back from the expression', () => {
  const label = fc.tuple(
    fc.constantFrom('verb', 'resource', 'item', 'run', 'source'),
    fc.stringMatching(/^[a-z0-9./-]{1,12}$/),
  )
  fc.assert(
    fc.property(
      fc.uniqueArray(label, { maxLength: 3, selector: ([name]) => name }),
      fc.constantFrom(...OPERATORS),
      fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
      (labels, operator, limit) => {
        const braces = labels.length === 0 ? '' : `{${labels.map(([name, value]) => `${name}=${value}`).join(',')}}`
        const parsed = parseThreshold(`api_request_latency${braces}.mean${operator}${limit}s`)
        expect(parsed).toMatchObject({ operator, limit: Object.is(limit, -0) ? 0 : limit })
        expect(parsed.numerator.labels).toEqual(Object.fromEntries(labels))
      },
    ),
  )
})
