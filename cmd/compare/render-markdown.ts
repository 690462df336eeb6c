import { type CompareDetails, compareDetailsOf } from '../../lib/record/details/compare-details.ts'
import type { RunRecord } from '../../lib/record/run-record.ts'
import { conclusion } from '../../lib/report/comparison/conclusion.ts'
import { emphasizedVerdict, folded, withFolded } from '../../lib/report/markdown/markdown-record.ts'
import { markdownText } from '../../lib/report/markdown/markdown-text.ts'
import { renderFindings } from '../render-record.ts'
import { renderFigures } from './render.ts'

/** For comments of pull requests: the conclusion, the figures that gate or differ, what to know of it; all figures folded away. */
export function renderMarkdown(record: RunRecord): string {
  const { comparisons = [], measuredKind = '' } = compareDetailsOf(record) ?? {}
  const sections = comparisons.flatMap((comparison) => [
    `### kubectl perf compare, ${markdownText(measuredKind)}: ${markdownText(sidesOf(comparison))}\n`,
    `${emphasizedVerdict(conclusion(record, comparison))}\n`,
    renderFigures(comparison, { wide: false, headers: 'markdown', color: false }),
  ])
  // Regressions are in the tables.
  const warnings = { ...record, findings: record.findings.filter(({ severity }) => severity === 'warning') }
  const shown = [...sections, renderFindings(warnings, { wide: false, headers: 'markdown', color: false })]
  const rest = comparisons.map((comparison) => {
    const title = comparisons.length === 1 ? 'All figures' : `All figures of ${comparison.next.name}`
    return folded(title, renderFigures(comparison, { wide: true, headers: 'markdown', color: false }))
  })
  return withFolded(shown.filter((part) => part !== '').join('\n'), rest)
}

function sidesOf({ base, next }: CompareDetails['comparisons'][number]): string {
  return `${base.name} → ${next.name}`
}
