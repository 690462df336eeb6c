import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Exposition, ExpositionError } from '../../../../lib/prometheus/exposition/exposition.ts'
import { parseExposition } from '../../../../lib/prometheus/exposition/parse-exposition.ts'
import { exposition } from './exposition-arbitrary.ts'
import { formatExposition } from './format-exposition.ts'

const series = ({ samples }: Exposition, metric: string) => [...(samples.get(metric)?.series.values() ?? [])]

describe('the text format', () => {
  // https://prometheus.io/docs/instrumenting/exposition_formats/, "Text format example", whole.
  const example = readFileSync(new URL('../../../fixtures/metrics/text-format-example.txt', import.meta.url), 'utf8')

  test('the example of its documentation', () => {
    const parsed = parseExposition(example)
    expect([...parsed.samples].map(([metric, { type }]) => [metric, type])).toEqual([
      ['http_requests_total', 'counter'],
      ['msdos_file_access_time_seconds', 'untyped'],
      ['metric_without_timestamp_and_labels', 'untyped'],
      ['something_weird', 'untyped'],
      ['rpc_duration_seconds', 'summary'],
      ['rpc_duration_seconds_sum', 'counter'],
      ['rpc_duration_seconds_count', 'counter'],
    ])
    expect(series(parsed, 'http_requests_total')).toEqual([
      { labels: { method: 'post', code: '200' }, value: 1027, timestampMs: 1395066363000 },
      { labels: { method: 'post', code: '400' }, value: 3, timestampMs: 1395066363000 },
    ])
    expect(series(parsed, 'msdos_file_access_time_seconds')).toEqual([
      { labels: { path: 'C:\\DIR\\FILE.TXT', error: 'Cannot find file:\n"FILE.TXT"' }, value: 1.458255915e9 },
    ])
    expect(series(parsed, 'metric_without_timestamp_and_labels')).toEqual([{ labels: {}, value: 12.47 }])
    expect(series(parsed, 'something_weird')).toEqual([
      { labels: { problem: 'division by zero' }, value: Number.POSITIVE_INFINITY, timestampMs: -3982045 },
    ])
    expect(series(parsed, 'rpc_duration_seconds').map(({ labels, value }) => [labels.quantile, value])).toEqual([
      ['0.01', 3102],
      ['0.05', 3272],
      ['0.5', 4773],
      ['0.9', 9001],
      ['0.99', 76656],
    ])
    expect(series(parsed, 'rpc_duration_seconds_sum')).toEqual([{ labels: {}, value: 1.7560473e7 }])
    expect([...parsed.histograms]).toEqual([
      [
        'http_request_duration_seconds',
        new Map([
          [
            '',
            {
              labels: {},
              upperBounds: [0.05, 0.1, 0.2, 0.5, 1, Number.POSITIVE_INFINITY],
              cumulativeCounts: [24054, 33444, 100392, 129389, 133988, 144320],
              sum: 53423,
              count: 144320,
            },
          ],
        ]),
      ],
    ])
  })

  test('blanks and tabs anywhere between the parts, a comma behind the last label, no blank before the value', () => {
    // From the tests of Prometheus' own parser (prometheus/common expfmt/text_parse_test.go, case 2).
    const text =
      '  #    TYPE    name2 gauge\nname2{labelname="val2"\t,basename   =   "b"\t\t} +Inf 54321\nname2{ labelname = "val1" , }-Inf\n\n'
    expect(series(parseExposition(text), 'name2')).toEqual([
      { labels: { labelname: 'val2', basename: 'b' }, value: Number.POSITIVE_INFINITY, timestampMs: 54321 },
      { labels: { labelname: 'val1' }, value: Number.NEGATIVE_INFINITY },
    ])
  })

  test('only the metrics that are asked for are read, others not even checked', () => {
    const text = `${example}nonsense{{{\nnonsense\n{"quoted.name"} 1\n`
    const parsed = parseExposition(text, { metrics: new Set(['http_request_duration_seconds', 'something_weird']) })
    expect([[...parsed.samples.keys()], [...parsed.histograms.keys()]]).toEqual([
      ['something_weird'],
      ['http_request_duration_seconds'],
    ])
    expect(() => parseExposition(text)).toThrow('line 37 of the metrics: the labels do not end')
  })

  test('the buckets of a series belong together, in whatever order and spelling their labels stand', () => {
    const text = `# TYPE h histogram
h_bucket{le="+Inf",b="2",a="1,le="} 7
h_bucket{a="1,le=",le="0.5",b="2"} 3
h_bucket{a="1,le=", b="2", le="1e0",} 4
h_count{b="2",a="1,le="} 7
h_sum{a="1,le=",b="2"} 5.5
h_bucket{le="1"} 0
`
    const upperBounds = [0.5, 1, Number.POSITIVE_INFINITY]
    expect([...(parseExposition(text).histograms.get('h') ?? [])]).toEqual([
      [
        'a="1,le=",b="2"',
        { labels: { a: '1,le=', b: '2' }, upperBounds, cumulativeCounts: [3, 4, 7], sum: 5.5, count: 7 },
      ],
      ['', { labels: {}, upperBounds: [1], cumulativeCounts: [0] }],
    ])
  })

  test.each([
    ['a 1\nb\n', 2, 'the value of b is missing'],
    ['a x\n', 1, 'the value of a is no number: "x"'],
    ['a 0x10\n', 1, 'the value of a is no number: "0x10"'],
    ['a 1 2 3\n', 1, '"3" stands behind the value of a'],
    ['a 1 soon\n', 1, 'the timestamp of a is no number: "soon"'],
    ['a 1\nb 2', 2, 'it ends in the middle: the answer was cut off'],
    ['\n\na{b="1" 1\n', 3, 'the labels do not end'],
    ['a{b="1} 1\n', 1, 'the value of a label does not end'],
    ['a{b="1\\t"} 1\n', 1, 'a backslash stands before something else than \\, " or n'],
    ['a{b=1} 1\n', 1, 'the value of the label b is not in quotes'],
    ['a{b} 1\n', 1, 'no "=" behind the label b'],
    ['a{="1"} 1\n', 1, 'a label has no name'],
    ['a{b="1" c="2"} 1\n', 1, 'no "," behind the label b'],
    ['a{b="1",b="2"} 1\n', 1, 'the label b stands twice'],
    ['a{b="1",c="2"} 1\na{c="2",b="1"} 1\n', 2, 'the series a{b="1",c="2"} stands twice'],
    ['<html>\n', 1, 'it does not begin with the name of a metric'],
    ['a 1\n# TYPE a counter\n', 2, 'the type of a stands twice or behind its first line'],
    ['# TYPE h histogram\nh_bucket{a="1"} 1\n', 2, 'a bucket has no label le'],
    ['# TYPE h histogram\nh_bucket{le="NaN"} 1\n', 2, 'le="NaN" is no upper bound'],
    ['# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="1.0"} 1\n', 3, 'a histogram has two buckets up to 1.0'],
    ['# TYPE h histogram\nh_sum 1\nh_sum 2\n', 3, 'the series h_sum{} stands twice'],
  ])('%j is refused', (text, line, problem) => {
    const parse = () => parseExposition(text)
    expect(parse).toThrow(new ExpositionError(line, problem))
    expect(parse).toThrow(expect.objectContaining({ line }))
  })

  test('what is written is read back', () => {
    fc.assert(
      fc.property(exposition, (written) => {
        expect(parseExposition(formatExposition(written))).toEqual(written)
      }),
    )
  })

  test('any text is read or refused with its line', () => {
    const piece = fc.constantFrom(
      'a',
      '_b',
      ' ',
      '\t',
      '{',
      '}',
      '"',
      '\\',
      '\n',
      ',',
      '=',
      '#',
      'TYPE',
      'le="',
      '1',
      'h',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = `# TYPE h histogram\n${pieces.join('')}\n`
        try {
          parseExposition(text)
        } catch (error) {
          expect(error).toBeInstanceOf(ExpositionError)
          expect((error as ExpositionError).line).toBeLessThanOrEqual(text.split('\n').length)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
