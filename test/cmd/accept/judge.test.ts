import { expect, test } from 'vitest'
import { figureOf, judge } from '../../../cmd/accept/judge.ts'
import { outcomeOf, verdictFindings } from '../../../cmd/accept/verdict.ts'
import type { Measured } from '../../../cmd/accept/work.ts'
import type { Level } from '../../../lib/record/accept-levels.ts'
import type { AcceptItem, ItemVerdict } from '../../../lib/record/details/accept-details.ts'
import type { Metric } from '../../../lib/record/run-record.ts'
import { parseThreshold, type Threshold } from '../../../lib/thresholds/threshold.ts'

const measured = (loss: number, more: Partial<Measured> = {}): Measured => ({
  outcome: 'measured',
  metrics: [{ name: 'udp_loss', unit: 'ratio', labels: {}, statistics: { value: loss }, source: 'iperf3' }],
  findings: [],
  phases: [],
  ...more,
})
const thresholds = ['udp_loss.max < 0.1%', 'udp_jitter.max < 5ms'].map(parseThreshold)
const [loss] = thresholds
const asking = (...asked: Threshold[]) => ({ thresholds: asked, thresholdsWhereReported: [] })

test('a threshold for where something is reported counts there, and is left out elsewhere', () => {
  const whereReported = (...metrics: Metric[]) =>
    judge({ thresholds: [], thresholdsWhereReported: thresholds }, measured(0, { metrics }))
  expect(whereReported()).toEqual({ result: 'pass', thresholds: [] })
  const [metric] = measured(0.02).metrics
  expect(whereReported(...(metric === undefined ? [] : [metric]))).toMatchObject({
    result: 'fail',
    thresholds: [{ observed: 0.02, passed: false }],
  })
})

test('a threshold that holds passes, one that does not fails with what was seen', () => {
  expect(judge(asking(...(loss === undefined ? [] : [loss])), measured(0.0005))).toMatchObject({
    result: 'pass',
    thresholds: [{ passed: true, observed: 0.0005 }],
  })
  expect(judge(asking(...(loss === undefined ? [] : [loss])), measured(0.02))).toMatchObject({
    result: 'fail',
    reason: 'udp_loss.max is 2.00%, and has to be < 0.1%',
  })
})

test('a figure that is missing leaves it open, unless another fails it', () => {
  expect(judge(asking(...thresholds), measured(0.0005))).toMatchObject({
    result: 'no-data',
    reason: 'there is no figure for udp_jitter.max',
  })
  expect(judge(asking(...thresholds), measured(0.02)).result).toBe('fail')
})

test('without thresholds it passes when it was measured, unless the command says no', () => {
  expect(judge(asking(), measured(1)).result).toBe('pass')
  expect(judge(asking(), measured(1, { refusal: 'of 9 pods only 3 fit' }))).toMatchObject({
    result: 'fail',
    reason: 'of 9 pods only 3 fit',
  })
})

test.each(['no-data', 'not-applicable', 'not-permitted'] as const)(
  '%s is kept with its reason, whatever the figures',
  (outcome) => {
    expect(judge(asking(...thresholds), measured(0, { outcome, reason: 'so it is' }))).toMatchObject({
      result: outcome,
      reason: 'so it is',
    })
  },
)

test('the figure of a threshold, also where labels have an operator in them', () => {
  expect(figureOf('pair_tcp_throughput.p05/pair_tcp_throughput.p50 > 0.7')).toBe(
    'pair_tcp_throughput.p05/pair_tcp_throughput.p50',
  )
  expect(figureOf('api_requests{code="<=500"}.value==0')).toBe('api_requests{code="<=500"}.value')
})

function item(level: Level, result: ItemVerdict, more: Partial<AcceptItem> = {}): AcceptItem {
  const rest = { command: 'netperf', parameters: {}, thresholds: [], estimatedSeconds: 1, findings: [], phases: [] }
  return { name: `${level}-${result}`, level, result, ...rest, ...more }
}

test.each([
  [['required pass', 'recommended fail', 'optional no-data'], false, 'passed'],
  [['required pass', 'recommended fail', 'optional no-data'], true, 'failed'],
  [['required pass', 'optional no-data'], true, 'no-data'],
  [['required pass', 'required not-applicable'], false, 'passed'],
  [['required not-applicable'], false, 'no-data'],
  [['required not-permitted', 'required pass'], false, 'no-data'],
  [['required no-data', 'required pass'], false, 'no-data'],
  [['required no-data', 'required fail'], false, 'failed'],
] as const)('%j (strict: %s) is %s', (words, strict, outcome) => {
  const items = words.map((word) => item(...(word.split(' ') as [Level, ItemVerdict])))
  expect(outcomeOf(items, strict, false)).toBe(outcome)
  expect(verdictFindings(items, strict).some(({ code }) => code === 'RunFailed')).toBe(outcome !== 'passed')
})

test('what is left behind is no pass, and no worse than a failure', () => {
  expect(outcomeOf([item('required', 'pass')], false, true)).toBe('error')
  expect(outcomeOf([item('required', 'fail')], false, true)).toBe('failed')
})

test('the reason counts, and names; what several items found is said once', () => {
  const finding = { severity: 'warning' as const, code: 'Odd', message: 'the link is odd' }
  const items = [
    item('required', 'fail', { findings: [finding] }),
    item('required', 'pass', { findings: [finding] }),
    item('required', 'no-data'),
    item('optional', 'fail'),
  ]
  expect(verdictFindings(items, false).map(({ message }) => message)).toEqual([
    '1 of 3 required items failed (required-fail), 1 of 3 required items is not decided (required-no-data)',
    'required-fail, required-pass: the link is odd',
  ])
})
