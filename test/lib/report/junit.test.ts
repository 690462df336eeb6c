import { expect, test } from 'vitest'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import { toJUnit } from '../../../lib/report/junit.ts'

const record: RunRecord = {
  schemaVersion: 1,
  kind: 'maxpods-check',
  runId: 'abcdef',
  tool: { name: 'kubectl-perf', version: 'v1.2.3' },
  startedAt: '2026-11-20T10:00:00.000Z',
  finishedAt: '2026-11-20T10:00:01.500Z',
  outcome: 'passed',
  cluster: { serverVersion: 'v1.34.4', nodes: 2, context: 'kind', platform: 'linux/amd64' },
  parameters: {},
  phases: [],
  metrics: [],
  thresholds: [],
  findings: [],
  details: {},
}

test('a run that passed is one case that does', () => {
  expect(toJUnit(record)).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="kubectl-perf" tests="1" failures="0" errors="0" time="1.500">
      <testsuite name="maxpods-check" timestamp="2026-11-20T10:00:00.000Z" tests="1" failures="0" errors="0" skipped="0" time="1.500">
        <testcase classname="maxpods-check" name="run" time="1.500"/>
      </testsuite>
    </testsuites>
    "
  `)
})

test('thresholds that do not hold and errors are failures, warnings only output, notes nothing', () => {
  expect(
    toJUnit({
      ...record,
      outcome: 'failed',
      thresholds: [
        { expression: 'node_free_pods>=10', observed: 0, unit: 'count', passed: false },
        { expression: 'node_free_pods{node="a"}<5', observed: null, passed: false },
        { expression: 'cluster_free_pods>1', observed: 7, unit: 'count', passed: true },
      ],
      findings: [
        { severity: 'error', code: 'Bad', message: 'it is <bad> & "so" on', advice: "don't", objects: ['node/a'] },
        { severity: 'warning', code: 'Odd', message: 'control \u0000 and \ud800' },
        { severity: 'info', code: 'Note', message: 'nothing' },
      ],
    }),
  ).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="kubectl-perf" tests="6" failures="3" errors="0" time="1.500">
      <testsuite name="maxpods-check" timestamp="2026-11-20T10:00:00.000Z" tests="6" failures="3" errors="0" skipped="0" time="1.500">
        <testcase classname="maxpods-check" name="run" time="1.500"/>
        <testcase classname="maxpods-check" name="threshold node_free_pods&gt;=10" time="0">
          <failure message="observed 0" type="threshold"></failure>
        </testcase>
        <testcase classname="maxpods-check" name="threshold node_free_pods{node=&quot;a&quot;}&lt;5" time="0">
          <failure message="no data" type="threshold"></failure>
        </testcase>
        <testcase classname="maxpods-check" name="threshold cluster_free_pods&gt;1" time="0"/>
        <testcase classname="maxpods-check" name="Bad node/a" time="0">
          <failure message="it is &lt;bad&gt; &amp; &quot;so&quot; on" type="Bad">don&apos;t
    node/a</failure>
        </testcase>
        <testcase classname="maxpods-check" name="Odd" time="0">
          <system-out>control � and �</system-out>
        </testcase>
      </testsuite>
    </testsuites>
    "
  `)
})

test('a run that broke fails by itself, and so does one that failed for nothing else that is told', () => {
  const broken = toJUnit({
    ...record,
    outcome: 'error',
    findings: [{ severity: 'error', code: 'RunFailed', message: 'no such node' }],
  })
  expect(broken).toContain(
    '<testcase classname="maxpods-check" name="run" time="1.500">\n      <failure message="error: no such node" type="error">',
  )
  expect(toJUnit({ ...record, outcome: 'failed' })).toContain('tests="1" failures="1"')
})
