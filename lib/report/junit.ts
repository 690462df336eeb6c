import type { Finding, RunRecord, ThresholdResult } from '../record/run-record.ts'
import { itemCases } from './junit-accept.ts'
import { type Case, type CaseResult, junitCase, xml } from './junit-case.ts'
import { scale } from './scale.ts'

/**
 * Records as JUnit XML, as CI systems read it, each a test suite: a test case for the run itself, one for each threshold, one
 * for each item of a checklist, and one for each finding that is a warning or an error. Errors and thresholds that do not
 * hold are failures, warnings only output. The names of several suites end in the run's id.
 *
 * Valid by the schema of Jenkins' xUnit plugin (junit-10.xsd), which knows no `skipped` of all suites together.
 */
export function toJUnit(...records: readonly RunRecord[]): string {
  const suites = records.map((record) => toSuite(record, records.length > 1))
  const cases = suites.flatMap((suite) => suite.cases)
  const seconds = suites.reduce((total, suite) => total + suite.seconds, 0)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="kubectl-perf" ${countsOf(cases)} time="${seconds.toFixed(3)}">`,
    ...suites.flatMap(({ lines }) => lines),
    '</testsuites>',
    '',
  ].join('\n')
}

interface Suite {
  readonly lines: readonly string[]
  readonly cases: readonly Case[]
  readonly seconds: number
}

function toSuite(record: RunRecord, isOneOfSeveral: boolean): Suite {
  const { kind, runId, thresholds, findings, startedAt, finishedAt } = record
  const seconds = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000
  const items = itemCases(record)
  const isTold = ({ severity, code }: Finding) =>
    // Which items failed is told by the items.
    severity !== 'info' && !(items.length > 0 && code === 'RunFailed')
  const parts = [...items, ...thresholds.map(thresholdCase(kind)), ...findings.filter(isTold).map(findingCase(kind))]
  const cases = [runCase(record, seconds.toFixed(3), parts), ...parts]
  const name = isOneOfSeveral ? `${kind} ${runId}` : kind
  const skipped = `skipped="${count(cases, 'skipped')}"`
  return {
    lines: [
      `  <testsuite name="${xml(name)}" timestamp="${startedAt}" ${countsOf(cases)} ${skipped} time="${seconds.toFixed(3)}">`,
      ...cases.map(({ text }) => text),
      '  </testsuite>',
    ],
    cases,
    seconds,
  }
}

function countsOf(cases: readonly Case[]): string {
  return `tests="${cases.length}" failures="${count(cases, 'failure')}" errors="${count(cases, 'error')}"`
}

function count(cases: readonly Case[], wanted: CaseResult): number {
  return cases.filter(({ result }) => result === wanted).length
}

/** Fails where nothing else says why the run did. */
function runCase({ kind, outcome, findings }: RunRecord, seconds: string, parts: readonly Case[]): Case {
  const fault = findings.find(({ code }) => code === 'RunFailed')
  const isToldOf = (told: CaseResult) => parts.some(({ result }) => result === told)
  const isExplained = (outcome === 'failed' && isToldOf('failure')) || (outcome === 'no-data' && isToldOf('error'))
  const message = fault === undefined ? outcome : `${outcome}: ${fault.message}`
  const failed = outcome !== 'passed' && !isExplained
  const told = failed ? ({ result: 'failure', message, type: outcome } as const) : undefined
  return junitCase({ classname: kind, name: 'run', seconds, told })
}

function thresholdCase(kind: string) {
  return ({ expression, observed, unit, passed }: ThresholdResult): Case => {
    const message = observed === null ? 'no data' : `observed ${scale(observed, unit ?? 'count')}`
    const told = passed ? undefined : ({ result: 'failure', message, type: 'threshold' } as const)
    return junitCase({ classname: kind, name: `threshold ${expression}`, seconds: '0', told })
  }
}

function findingCase(kind: string) {
  return ({ severity, code, message, advice, objects = [] }: Finding): Case => {
    const details = [...(advice === undefined ? [] : [advice]), ...objects].join('\n')
    // Of what is found many times, as by a linter, each has a name of its own.
    const name = objects.length === 1 ? `${code} ${objects[0]}` : code
    const common = { classname: kind, name, seconds: '0' }
    if (severity === 'error') return junitCase({ ...common, told: { result: 'failure', message, type: code, details } })
    return junitCase({ ...common, output: [message, details].filter((text) => text !== '').join('\n') })
  }
}
