import { counted } from '../../lib/record/counted.ts'
import {
  type AcceptDetails,
  type AcceptItem,
  acceptDetailsOf,
  type ItemVerdict,
} from '../../lib/record/details/accept-details.ts'
import type { RunRecord, ThresholdResult } from '../../lib/record/run-record.ts'
import { printable } from '../../lib/report/printable.ts'
import { NO_DATA, scale } from '../../lib/report/scale.ts'
import { type Column, renderTable, right } from '../../lib/report/table.ts'
import { type RenderOptions, renderFindings, renderThresholds, renderVerdict } from '../render-record.ts'
import { textLines, wrapText } from '../text-layout.ts'
import { RESULT_WORDS } from './result-words.ts'
import { fits, renderRowsWithLines } from './rows-with-lines.ts'

/** A reason stands beside the name of its item where it gets as much room. */
const NARROWEST = 30

/** The checklist with what each item came to and why, and the verdict last. */
export function renderAccept(record: RunRecord, options: RenderOptions): string {
  const details = acceptDetailsOf(record)
  const blocks = [
    ...(details === undefined
      ? []
      : [renderItems(details, options), renderReasons(details, options), renderSummary(details, options)]),
    renderThresholds(record, options),
    renderFindings(record, options),
    renderVerdict(record, options),
  ]
  return blocks.filter((block) => block !== '').join('\n')
}

/** A line for each item, and for each further threshold of it; where that is wider than the terminal, they stand below. */
function renderItems(details: AcceptDetails, options: RenderOptions): string {
  const { wide, headers, columns: width } = options
  const rows = details.items.flatMap((item) => {
    const [first, ...others] = item.thresholds.map(thresholdCells)
    const { name, level, result } = item
    const times = timeCells(item, wide)
    return [
      [name, level, RESULT_WORDS[result], ...(first ?? ['', '']), ...times],
      ...others.map((cells) => ['', '', '', ...cells, ...times.map(() => '')]),
    ]
  })
  const columns = [
    { title: 'ITEM' },
    { title: 'LEVEL' },
    { title: 'RESULT' },
    right('OBSERVED'),
    { title: 'THRESHOLD' },
    ...timeColumns(wide),
  ]
  const table = renderTable(columns, rows, headers)
  return width === undefined || fits(table, width) ? table : renderStacked(details, options, width)
}

function timeColumns(wide: boolean): Column[] {
  const time = { ...right('TIME'), dispensable: 1 }
  return wide ? [time, { ...right('ESTIMATED'), dispensable: 2 }, { title: 'MEASURED-BY', dispensable: 3 }] : [time]
}

function timeCells({ durationSeconds, estimatedSeconds, command }: AcceptItem, wide: boolean): string[] {
  const time = scale(durationSeconds, 's')
  return wide ? [time, scale(estimatedSeconds, 's'), command] : [time]
}

function thresholdCells({ expression, observed, unit }: ThresholdResult): [string, string] {
  return [observed === null ? NO_DATA : scale(observed, unit ?? 'count'), expression]
}

/** Each item with its figures and what they have to be below it. */
function renderStacked({ items }: AcceptDetails, { wide, headers }: RenderOptions, width: number): string {
  const columns = [{ title: 'ITEM' }, { title: 'LEVEL', dispensable: 4 }, { title: 'RESULT' }, ...timeColumns(wide)]
  const rows = items.map((item) => ({
    cells: [item.name, item.level, RESULT_WORDS[item.result], ...timeCells(item, wide)],
    below: figureLines(item.thresholds, width - 2),
  }))
  return renderRowsWithLines(columns, rows, headers, width)
}

/** `2.76s   pod_ready_latency.p90 < 5s`, of one item in columns. */
function figureLines(thresholds: readonly ThresholdResult[], width: number): readonly string[] {
  const cells = thresholds.map(thresholdCells)
  const column = Math.max(0, ...cells.map(([observed]) => observed.length))
  return cells.flatMap(([observed, expression]) =>
    wrapText(expression, width - column - 3).map(
      (line, index) => `${(index === 0 ? observed : '').padStart(column)}   ${line}`,
    ),
  )
}

/** Beside what did not pass: why, and how that is known; below it where there is no room beside. */
function renderReasons({ items }: AcceptDetails, { headers, columns: width }: RenderOptions): string {
  const told = items.flatMap(({ name, reason }) => (reason === undefined ? [] : [{ name, text: printable(reason) }]))
  const titles = [{ title: 'NOT PASSED' }, { title: 'REASON' }]
  const indent = Math.max('NOT PASSED'.length, ...told.map(({ name }) => name.length)) + 3
  if (width === undefined) {
    const rows = told.map(({ name, text }) => [name, text])
    return renderTable(titles, rows, headers)
  }
  if (width - indent < NARROWEST) {
    const lines = told.flatMap(({ name, text }) => [name, ...wrapText(text, width - 2).map((line) => `  ${line}`)])
    return lines.length === 0 ? '' : ['NOT PASSED', ...lines].map((line) => `${line}\n`).join('')
  }
  const rows = told.flatMap(({ name, text }) =>
    wrapText(text, width - indent).map((line, index) => [index === 0 ? name : '', line]),
  )
  return renderTable(titles, rows, headers)
}

const SUMMARY: readonly (readonly [ItemVerdict, string])[] = [
  ['pass', 'passed'],
  ['fail', 'failed'],
  ['no-data', 'without a figure'],
  ['not-applicable', 'not applicable'],
  ['not-permitted', 'not permitted'],
]

/** `13 items: 10 passed, 1 failed, 2 not applicable. Measured in 3m2s, estimated 3m10s.` */
function renderSummary(
  { items, durationSeconds, estimatedSeconds }: AcceptDetails,
  { columns: width }: RenderOptions,
): string {
  const counts = SUMMARY.flatMap(([result, words]) => {
    const count = items.filter((item: AcceptItem) => item.result === result).length
    return count === 0 ? [] : [`${count} ${words}`]
  })
  const times = `Measured in ${scale(durationSeconds, 's')}, estimated ${scale(estimatedSeconds, 's')}.`
  const text = `${counted(items.length, 'item')}: ${counts.join(', ')}. ${times}`
  return textLines(text, width)
}
