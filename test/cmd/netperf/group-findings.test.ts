import { expect, test } from 'vitest'
import { groupFindings } from '../../../cmd/netperf/group-findings.ts'
import type { Finding } from '../../../lib/record/run-record.ts'
import { details, estimate, row, tcpFlow } from './netperf-record.ts'

const PATHS = ['pod', 'service', 'host'] as const
const WIDTHS = [0.2e9, 9e9, 1e9] as const
const DETAILS = details(PATHS.map((path, index) => row({ path }, { flows: [tcpFlow(estimate(10e9, WIDTHS[index]))] })))

const warning = (path: string, text: string, code = 'WideInterval'): Finding => ({
  severity: 'warning',
  code,
  message: `tcp ${path} other-node: ${text}`,
  advice: `more samples of ${path}`,
})

test('many of a kind become one, the worst, with how many more there are', () => {
  const findings = PATHS.map((path) => warning(path, `± of ${path} says little`))
  expect(groupFindings(findings, DETAILS)).toEqual([
    {
      ...warning('service', '± of service says little (2 more tests likewise)'),
      count: 3,
    },
  ])
})

test('two of a kind, other kinds, and what is not about one test stay as they are', () => {
  const findings: Finding[] = [
    warning('pod', 'a'),
    warning('service', 'b'),
    warning('pod', 'c', 'StartSpread'),
    ...['x', 'y', 'z'].map(
      (name): Finding => ({ severity: 'warning', code: 'LeftBehind', message: `namespace ${name}` }),
    ),
  ]
  expect(groupFindings(findings, DETAILS)).toEqual(findings)
})

test('faults are put together only where they are the same', () => {
  const fault = (path: string, text: string): Finding => ({
    ...warning(path, text, 'SampleFailed'),
    severity: 'error',
    count: 5,
  })
  const same = PATHS.map((path) => fault(path, '5 of 5 samples failed: iperf3 cannot be run in this image'))
  expect(groupFindings(same, DETAILS)).toEqual([
    { ...same[0], message: `${same[0]?.message} (2 more tests likewise)`, count: 15 },
  ])
  const different = PATHS.map((path) => fault(path, `5 of 5 samples failed: ${path}: connection refused`))
  expect(groupFindings(different, DETAILS)).toEqual(different)
})
