import type { Finding, Metric, RunRecord } from '../lib/record/run-record.ts'
import { printable } from '../lib/report/printable.ts'
import { NO_DATA, scale } from '../lib/report/scale.ts'
import { type Headers, renderTable, right } from '../lib/report/table.ts'
import { elapsedSeconds, VERDICTS, verdictReason, whatStays } from '../lib/report/verdict.ts'
import { colorWord } from './color.ts'
import { textLines, wrapText } from './text-layout.ts'

// The parts of the printed result that all measuring commands share.

export interface RenderOptions {
  /** More rows and columns. */
  wide: boolean
  headers: Headers
  /** Color the verdict. */
  color: boolean
  /** Of the terminal, where long lines are broken; elsewhere every entry is one line, for grep. */
  columns?: number
}

/** Narrower than this a message is not made. */
const NARROWEST = 16

export function renderThresholds(
  { thresholds, metrics }: RunRecord,
  { headers, columns: width }: RenderOptions,
): string {
  const rows = thresholds.map(({ expression, observed, unit, passed, series }) => [
    expression,
    observed === null ? NO_DATA : scale(observed, unit ?? 'count'),
    passed ? 'pass' : observed === null ? 'fail (no data)' : 'fail',
    describeSeries(expression, series ?? {}, metrics),
  ])
  const columns = [
    { title: 'THRESHOLD' },
    right('OBSERVED'),
    { title: 'RESULT', kept: true },
    { title: 'SERIES', optional: true, dispensable: 1 },
  ]
  return renderTable(columns, rows, headers, width)
}

/** What tells a series from the others of its metric. */
function describeSeries(
  expression: string,
  series: Readonly<Record<string, string>>,
  metrics: readonly Metric[],
): string {
  const name = /^\s*(\w+)/.exec(expression)?.[1]
  const others = metrics.filter((metric) => metric.name === name)
  return Object.entries(series)
    .filter(([label, value]) => others.some(({ labels }) => labels[label] !== value))
    .map(([label, value]) => `${label}=${value}`)
    .join(',')
}

/**
 * Warnings and errors, and in wide what else is worth knowing, with how often they were met and what to do; the fault
 * that ended the run is in the verdict.
 */
export function renderFindings({ findings }: RunRecord, { headers, wide, columns: width }: RenderOptions): string {
  const listed = findings.filter(({ code, severity }) => code !== 'RunFailed' && (wide || severity !== 'info'))
  const counts = listed.map(({ count }) => (count === undefined ? '' : String(count)))
  const severities = listed.map(({ severity }) => severity.toUpperCase())
  const before = [
    longest([...(headers ? ['FINDING'] : []), ...severities]),
    ...(counts.every((count) => count === '') ? [] : [longest([...(headers ? ['COUNT'] : []), ...counts])]),
  ].reduce((sum, column) => sum + column + 3, 0)
  const rows = listed.flatMap((finding, index) => {
    const [first = '', ...others] = messageLines(finding, width === undefined ? undefined : width - before)
    return [[severities[index] ?? '', counts[index] ?? '', first], ...others.map((line) => ['', '', line])]
  })
  const columns = [{ title: 'FINDING' }, { ...right('COUNT'), optional: true }, { title: 'MESSAGE' }]
  return renderTable(columns, rows, headers)
}

/** A message and what to do, on one line, or in a terminal on as many as that has room for. */
export function messageLines(
  { message, advice }: Pick<Finding, 'message' | 'advice'>,
  width: number | undefined,
): readonly string[] {
  const todo = advice === undefined ? '' : `→ ${printable(advice)}`
  if (width === undefined) return [`${printable(message)}${todo === '' ? '' : `  ${todo}`}`]
  const room = Math.max(NARROWEST, width)
  return [...wrapText(printable(message), room), ...wrapText(todo, room)]
}

export function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length))
}

/** What every record that has series, or could have them, says of them in one line. */
const SERIES_CODES: readonly string[] = ['PrometheusSeries', 'NoPrometheus']

/** The last line: how it ended, how long it took, why, and whether anything stays in the cluster; below, what to do. */
export function renderVerdict(
  record: RunRecord,
  { color, columns: width }: Pick<RenderOptions, 'color' | 'columns'>,
): string {
  const fault = record.findings.find(({ code }) => code === 'RunFailed')
  const reason = verdictReason(record)
  const [word, hue] = VERDICTS[record.outcome]
  const stays = whatStays(record)
  const end = sentence(`${word} in ${scale(elapsedSeconds(record), 's')}${reason === '' ? '' : `: ${reason}`}`)
  const verdict = textLines(`${end}${stays === '' ? '' : ` ${stays}`}`, width)
  const advice = fault?.advice === undefined ? '' : textLines(printable(fault.advice), width, '  ')
  const series = record.findings
    .filter(({ code, severity }) => severity === 'info' && SERIES_CODES.includes(code))
    .map(({ message }) => textLines(sentence(capitalized(printable(message))), width))
  const shown = colorWord(verdict, word, hue, color)
  return `${shown}${advice}${series.join('')}`
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

/** Messages of Kubernetes may be sentences already. */
function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`
}
