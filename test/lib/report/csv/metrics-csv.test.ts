import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvLine } from '../../../../lib/report/csv/csv-line.ts'
import { metricsCsv, samplesCsv } from '../../../../lib/report/csv/metrics-csv.ts'
import { densityRecord } from '../density-record.ts'

/** The cells of a text, by RFC 4180. */
function parse(text: string): string[][] {
  const rows: string[][] = [[]]
  let rest = text
  while (rest !== '') {
    const [whole = '', quoted, plain = '', end = ''] = /^(?:"((?:[^"]|"")*)"|([^,\n"]*))(,|\n|$)/.exec(rest) ?? []
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain)
    if (end === '\n') rows.push([])
    if (whole === '') throw new Error(`no cell: ${rest}`)
    rest = rest.slice(whole.length)
  }
  return rows.slice(0, -1)
}

const harmless = fc.string({ unit: 'grapheme' }).filter((text) => !/^[=+\-@\t\r]/.test(text) && !text.includes('\r'))

test('a line reads back as its cells', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(harmless, fc.double({ noNaN: true })), { minLength: 1 }), (cells) => {
      expect(parse(csvLine(cells))).toEqual([cells.map(String)])
    }),
  )
})

test('text that a spreadsheet would calculate is text; numbers below 0 are numbers', () => {
  expect(csvLine(['=1+1', '+1', '-1', '@x', -1.5, undefined, 'a"b', 'a,b'])).toBe(
    `'=1+1,'+1,'-1,'@x,-1.5,,"a""b","a,b"\n`,
  )
})

const record = densityRecord({
  metrics: [
    { name: 'pods_created', unit: 'count', labels: {}, statistics: { value: 3 }, source: 'client' },
    {
      name: 'api_request_latency',
      unit: 's',
      labels: { verb: 'create', resource: 'pods' },
      statistics: { count: 2, min: 0.1, mean: 0.15, max: 0.2 },
      samples: [0.2, 0.1],
      resolution: 1e-6,
      source: 'client',
    },
    {
      name: 'pod_ready_latency',
      unit: 's',
      labels: { node: 'a,b' },
      statistics: { count: 5 },
      histogram: [
        [0.5, 2],
        [1, 3],
      ],
      source: 'watch',
    },
  ],
})

test('a row for each series, with columns for the labels of all', () => {
  expect([...metricsCsv([record])].join('')).toMatchInlineSnapshot(`
    "run,kind,started_at,metric,unit,source,label_node,label_resource,label_verb,value,count,min,mean,stddev,ci95,p05,p50,p90,p95,p99,p999,max,resolution
    3f9kq2,density,2026-11-20T10:00:00.123Z,pods_created,count,client,,,,3,,,,,,,,,,,,,
    3f9kq2,density,2026-11-20T10:00:00.123Z,api_request_latency,s,client,,pods,create,,2,0.1,0.15,,,,,,,,,0.2,0.000001
    3f9kq2,density,2026-11-20T10:00:00.123Z,pod_ready_latency,s,watch,"a,b",,,,5,,,,,,,,,,,,
    "
  `)
})

test('a row for each sample; of a histogram one for each bucket, with its count', () => {
  expect([...samplesCsv([record, densityRecord({ runId: 'zzzzzz', metrics: [] })])].join('')).toMatchInlineSnapshot(`
    "run,metric,unit,source,label_node,label_resource,label_verb,value,count
    3f9kq2,api_request_latency,s,client,,pods,create,0.2,1
    3f9kq2,api_request_latency,s,client,,pods,create,0.1,1
    3f9kq2,pod_ready_latency,s,watch,"a,b",,,0.5,2
    3f9kq2,pod_ready_latency,s,watch,"a,b",,,1,3
    "
  `)
})
