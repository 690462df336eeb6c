import { counted } from '../../../lib/record/counted.ts'
import type { LintDetails, LintProblem } from '../../../lib/record/details/lint-details.ts'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import { printable } from '../../../lib/report/printable.ts'
import { renderTable, right } from '../../../lib/report/table.ts'
import { colorWord } from '../../color.ts'
import type { RenderOptions } from '../../render-record.ts'
import { textLines, wrapText } from '../../text-layout.ts'

/** A table where it fits the terminal, else a few lines for each problem, and the verdict below. */
export function renderLint(record: RunRecord, options: RenderOptions): string {
  const details = record.details as LintDetails
  const table = renderProblems(details, options)
  const widest = Math.max(0, ...table.split('\n').map((line) => line.length))
  const problems =
    options.columns !== undefined && widest > options.columns ? renderStacked(details, options.columns) : table
  return `${problems}${problems === '' ? '' : '\n'}${renderVerdict(record, details, options)}`
}

function renderProblems({ problems, files }: LintDetails, { wide, headers }: RenderOptions): string {
  const rows = problems.map((problem) => [
    placeOf(problem, files),
    ...(wide ? [problem.severity, problem.code] : []),
    problem.path,
    `${wide ? '' : prefixOf(problem)}${problem.message}`,
    problem.advice ?? '-',
  ])
  const place = files.length === 1 ? right('LINE') : { title: 'PLACE' }
  const extra = wide ? [{ title: 'SEVERITY' }, { title: 'CODE' }] : []
  return renderTable([place, ...extra, { title: 'KEY' }, { title: 'PROBLEM' }, { title: 'FIX' }], rows, headers)
}

function renderStacked({ problems }: LintDetails, columns: number): string {
  const lines = problems.flatMap((problem) => [
    `${problem.file}:${problem.line}: ${problem.path}`,
    ...wrapText(`${prefixOf(problem)}${problem.message}`, columns - 2).map((line) => `  ${line}`),
    ...(problem.advice === undefined ? [] : wrapText(`→ ${problem.advice}`, columns - 2).map((line) => `  ${line}`)),
  ])
  return lines.map((line) => `${printable(line)}\n`).join('')
}

function placeOf({ file, line }: LintProblem, files: readonly string[]): string {
  return files.length === 1 ? String(line) : `${file}:${line}`
}

function prefixOf({ severity }: LintProblem): string {
  return severity === 'warning' ? 'warning: ' : ''
}

function renderVerdict({ outcome }: RunRecord, details: LintDetails, { color, columns }: RenderOptions): string {
  const { problems, keys, ciliumVersion, chartRelease } = details
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const warnings = problems.length - errors
  const [word, hue] = outcome === 'passed' ? (['PASSED', 'green'] as const) : (['FAILED', 'red'] as const)
  const found = [errors === 0 ? '' : counted(errors, 'error'), warnings === 0 ? '' : counted(warnings, 'warning')]
  const what = found.filter((text) => text !== '').join(' and ') || 'nothing wrong'
  const chart = chartRelease === ciliumVersion ? '' : ` (keys of chart ${chartRelease})`
  const text = `${word}: ${what} in ${counted(keys, 'key')}, for Cilium ${ciliumVersion}${chart}.`
  return colorWord(textLines(text, columns), word, hue, color)
}
