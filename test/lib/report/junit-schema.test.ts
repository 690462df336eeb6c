import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AcceptItem } from '../../../lib/record/details/accept-details.ts'
import type { Finding, Outcome, RunRecord, ThresholdResult } from '../../../lib/record/run-record.ts'
import { toJUnit } from '../../../lib/report/junit.ts'
import { junitFaults } from './junit-faults.ts'

// What CI systems read has to be valid, whatever a cluster sends.

const record: RunRecord = {
  schemaVersion: 1,
  kind: 'accept',
  runId: 'abcdef',
  tool: { name: 'kubectl-perf', version: 'v1.2.3' },
  startedAt: '2026-11-20T10:00:00.000Z',
  finishedAt: '2026-11-20T10:20:34.500Z',
  outcome: 'failed',
  cluster: { serverVersion: 'v1.34.4', nodes: 2, context: 'kind', platform: 'linux/amd64' },
  parameters: {},
  phases: [],
  metrics: [],
  thresholds: [],
  findings: [],
  details: {},
}

function item(name: string, more: Partial<AcceptItem>): AcceptItem {
  return {
    name,
    level: 'required',
    command: 'netperf',
    parameters: { ratio: '1:1' },
    result: 'pass',
    thresholds: [],
    estimatedSeconds: 3,
    durationSeconds: 2.5,
    findings: [],
    phases: [],
    ...more,
  }
}

const bandwidth: ThresholdResult = {
  expression: 'tcp_throughput.min > 8Mbit/s',
  observed: 1e6,
  unit: 'bit/s',
  passed: false,
}

test('each item of a checklist is a case: failed, an error without a figure, skipped where it does not apply', async () => {
  const items = [
    item('good', { thresholds: [{ ...bandwidth, observed: 9e9, passed: true }] }),
    item('bad', { result: 'fail', reason: 'tcp_throughput.min is 1.00 Mbit/s', thresholds: [bandwidth] }),
    item('silent', { result: 'no-data', reason: 'the image "x" cannot be pulled', level: 'optional' }),
    item('other', { result: 'not-applicable', reason: 'there is one node', level: 'recommended' }),
    item('refused', { result: 'not-permitted', reason: 'this user may not create pods' }),
    item('refused-too', { result: 'not-permitted', reason: 'this user may not create pods', level: 'optional' }),
  ]
  const findings: Finding[] = [{ severity: 'error', code: 'RunFailed', message: '1 of 3 required items failed (bad)' }]
  const xml = toJUnit({ ...record, findings, details: { items } })
  expect(await junitFaults(xml)).toEqual([])
  expect(xml).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="kubectl-perf" tests="7" failures="1" errors="2" time="1234.500">
      <testsuite name="accept" timestamp="2026-11-20T10:00:00.000Z" tests="7" failures="1" errors="2" skipped="2" time="1234.500">
        <testcase classname="accept" name="run" time="1234.500"/>
        <testcase classname="accept.required" name="good" time="2.500">
          <system-out>tcp_throughput.min &gt; 8Mbit/s: observed 9.00 Gbit/s</system-out>
        </testcase>
        <testcase classname="accept.required" name="bad" time="2.500">
          <failure message="tcp_throughput.min is 1.00 Mbit/s" type="fail">ratio: 1:1</failure>
          <system-out>tcp_throughput.min &gt; 8Mbit/s: observed 1.00 Mbit/s</system-out>
        </testcase>
        <testcase classname="accept.optional" name="silent" time="2.500">
          <error message="the image &quot;x&quot; cannot be pulled" type="no-data">ratio: 1:1</error>
        </testcase>
        <testcase classname="accept.recommended" name="other" time="2.500">
          <skipped message="there is one node" type="not-applicable">ratio: 1:1</skipped>
        </testcase>
        <testcase classname="accept.required" name="refused" time="2.500">
          <error message="this user may not create pods" type="not-permitted">ratio: 1:1</error>
        </testcase>
        <testcase classname="accept.optional" name="refused-too" time="2.500">
          <skipped message="this user may not create pods" type="not-permitted">ratio: 1:1</skipped>
        </testcase>
      </testsuite>
    </testsuites>
    "
  `)
})

test('the schema is one that finds faults', async () => {
  expect(await junitFaults('<testsuites skipped="0"/>')).toHaveLength(1)
  expect(await junitFaults('<testsuites><testsuite name="x" tests="1" failures="0"/></testsuites>')).toHaveLength(1)
  expect(await junitFaults('<testsuites><testsuite')).not.toEqual([])
})

test('every record makes a valid report', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 })
  const finding = fc.record({
    severity: fc.constantFrom('info', 'warning', 'error'),
    code: fc.constantFrom('RunFailed', 'Odd'),
    message: text,
    objects: fc.array(text, { maxLength: 2 }),
  })
  const anyItem = fc
    .record({
      result: fc.constantFrom('pass', 'fail', 'no-data', 'not-applicable', 'not-permitted'),
      level: fc.constantFrom('required', 'recommended', 'optional'),
      reason: text,
      parameters: fc.dictionary(text, text, { maxKeys: 2 }),
    })
    .map((more) => item('any', more as Partial<AcceptItem>))
  const records = fc.record({
    kind: fc.constantFrom('accept', 'density'),
    outcome: fc.constantFrom<Outcome>('passed', 'failed', 'no-data', 'aborted', 'error'),
    findings: fc.array(finding, { maxLength: 3 }),
    items: fc.array(anyItem, { maxLength: 3 }),
  })
  // All as one report: libxml2 takes half a second for each.
  const runs = fc.sample(records, 30).map(({ items, ...more }) => ({ ...record, ...more, details: { items } }))
  expect(await junitFaults(toJUnit(...runs))).toEqual([])
})
