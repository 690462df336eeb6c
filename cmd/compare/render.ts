import type { CompareDetails } from '../../lib/record/details/compare-details.ts'
import type { RunRecord } from '../../lib/record/run-record.ts'
import { conclusion } from '../../lib/report/comparison/conclusion.ts'
import { figureCells, TITLES } from '../../lib/report/comparison/figure-text.ts'
import { incomparableMetrics } from '../../lib/report/comparison/incomparable-metrics.ts'
import { shownFigures } from '../../lib/report/comparison/shown-figures.ts'
import { printable } from '../../lib/report/printable.ts'
import { type Column, renderTable, right } from '../../lib/report/table.ts'
import { colorWord } from '../color.ts'
import type { RenderOptions } from '../render-record.ts'
import { textLines } from '../text-layout.ts'

type OneComparison = CompareDetails['comparisons'][number]

const RIGHT = new Set<string>(['BASE', 'NEW', 'CHANGE', 'P', 'N'])
const DISPENSABLE: Readonly<Record<string, number>> = { P: 1, N: 2, '95%-INTERVAL': 3 }

/** A table for each comparison: what gates and what differs, in wide all; what does not compare, and what it comes to below. */
export function renderComparison(record: RunRecord, options: RenderOptions): string {
  const { comparisons } = record.details as unknown as CompareDetails
  return comparisons
    .map((comparison) => {
      const heading =
        comparisons.length > 1 ? `${printable(`${comparison.base.name} → ${comparison.next.name}`)}\n` : ''
      const parts = [
        renderFigures(comparison, options),
        renderIncomparable(comparison, options),
        renderVerdict(record, comparison, options),
      ]
      return `${heading}${parts.filter((part) => part !== '').join('\n')}`
    })
    .join('\n')
}

export function renderFigures(comparison: OneComparison, { wide, headers, columns: width }: RenderOptions): string {
  const rows = shownFigures(comparison, wide).map((figure) => figureCells(figure, comparison.figures))
  // What tells the figures apart stays, and what they come to.
  const kept = ['VERDICT', rows.some(([, series]) => series !== '') ? 'SERIES' : 'CHANGE']
  const columns = TITLES.map((title): Column => {
    const column: Column = RIGHT.has(title) ? right(title) : { title }
    const dispensable = DISPENSABLE[title]
    return {
      ...column,
      optional: true,
      kept: kept.includes(title),
      ...(dispensable === undefined ? {} : { dispensable }),
    }
  })
  return renderTable(columns, rows, headers, width)
}

function renderIncomparable(comparison: OneComparison, { headers, columns: width }: RenderOptions): string {
  const rows = incomparableMetrics(comparison).map(({ metric, series, baseSources, nextSources }) => [
    metric,
    series,
    baseSources,
    nextSources,
  ])
  const columns = [
    { title: 'NOT-COMPARED' },
    { title: 'SERIES', optional: true, dispensable: 1 },
    { title: 'BASE-FROM' },
    { title: 'NEW-FROM' },
  ]
  return renderTable(columns, rows, headers, width)
}

function renderVerdict(record: RunRecord, comparison: OneComparison, { color, columns }: RenderOptions): string {
  const text = conclusion(record, comparison)
  const shown = textLines(printable(text), columns)
  const word = /^[A-Z ]+(?=:)/.exec(text)?.[0]
  if (word === undefined) return shown
  return colorWord(shown, word, word === 'PASSED' ? 'green' : word === 'FAILED' ? 'red' : 'yellow', color)
}
