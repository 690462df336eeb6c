import { resolve } from 'node:path'
import { compareSides } from '../../lib/compare/compare-sides.ts'
import { describeSide } from '../../lib/compare/describe-side.ts'
import { unlikeEnvironments, unlikeParameters } from '../../lib/compare/likeness.ts'
import { readSide, type Side } from '../../lib/compare/read-runs.ts'
import { UsageError } from '../../lib/errors/perf-error.ts'
import type { CompareDetails, Difference } from '../../lib/record/details/compare-details.ts'
import type { Finding, Outcome } from '../../lib/record/run-record.ts'
import { figureCells } from '../../lib/report/comparison/figure-text.ts'
import { incomparableMetrics } from '../../lib/report/comparison/incomparable-metrics.ts'
import { printable } from '../../lib/report/printable.ts'
import type { Context } from '../command.ts'
import { outcomeExitCode } from '../exit-code.ts'
import { offlineRecord } from '../offline-record.ts'
import { refuseUnfitOutput, writeRecord } from '../write-record.ts'
import { type CompareOptions, parsePercent } from './options.ts'
import { renderComparison } from './render.ts'
import { renderMarkdown } from './render-markdown.ts'

export async function runCompare(options: CompareOptions, context: Context, words: readonly string[]): Promise<number> {
  refuseUnfitOutput(options, context.io)
  const startedAt = context.clock.now()
  const [first, ...others] = words
  if (first === undefined || others.length === 0) throw new UsageError('name the runs to compare: BASE NEW')
  const toPath = (name: string) => resolve(context.workingDirectory, name)
  const base = await readSide(first, toPath)
  const sides = await Promise.all(others.map((name) => readSide(name, toPath)))
  checkKinds([base, ...sides])
  for (const next of sides) checkApart(base, next)
  const findings = [base, ...sides].flatMap((side) => checkEnds(side, options.force))
  const failOnRegression = options.failOnRegression === undefined ? undefined : parsePercent(options.failOnRegression)
  const rules = {
    ...(failOnRegression === undefined ? {} : { failOnRegression }),
    ...(options.metric.length === 0 ? {} : { gating: options.metric }),
  }
  const comparisons = sides.map((next): CompareDetails['comparisons'][number] => {
    const parameters = unlikeParameters(base.runs, next.runs)
    findings.push(...checkAlike(base, next, parameters, options.force))
    const environments = unlikeEnvironments(base.runs, next.runs)
    findings.push(...environments.map((difference) => unlike('UnlikeEnvironments', next, difference)))
    return {
      base: describeSide(base),
      next: describeSide(next),
      unlikeParameters: parameters,
      unlikeEnvironments: environments,
      ...compareSides(base.runs, next.runs, rules),
    }
  })
  if (!options.quiet) {
    for (const { message } of findings) context.io.stderr.write(`${printable(`Warning: ${message}`)}\n`)
  }
  const details: CompareDetails = { measuredKind: base.runs[0]?.kind ?? '', comparisons }
  const record = offlineRecord('compare', startedAt, context, {
    outcome: outcomeOf(details, failOnRegression),
    parameters: { ...options, base: first, new: others },
    findings: [...findings, ...comparisons.flatMap(unlikeSources), ...comparisons.flatMap(regressions)],
    details: { ...details },
  })
  await writeRecord(record, { render: renderComparison, markdown: renderMarkdown }, options, context)
  return outcomeExitCode(record.outcome, context.signal)
}

/** Those that fail the comparison, for formats that show findings alone. */
function regressions({ figures, next }: CompareDetails['comparisons'][number]): Finding[] {
  return figures
    .filter(({ isBeyondLimit }) => isBeyondLimit === true)
    .map((figure): Finding => {
      const [name = '', series = '', before, after, change, interval, p] = figureCells(figure, figures)
      const what = series === '' ? name : `${name} {${series}}`
      return {
        severity: 'error',
        code: 'Regression',
        message: `${what} of ${next.name} is ${after}, was ${before}: ${change} (${interval}, p ${p})`,
        objects: [what],
      }
    })
}

/** What two instruments tell apart may be the instruments. */
function unlikeSources(comparison: CompareDetails['comparisons'][number]): Finding[] {
  return incomparableMetrics(comparison).map(({ metric, series, baseSources, nextSources }) => ({
    severity: 'warning',
    code: 'UnlikeSources',
    message: `${comparison.next.name}: ${metric}${series === '' ? '' : ` (${series})`} is from ${nextSources}, was from ${baseSources}: figures of different sources do not compare`,
    objects: [metric],
  }))
}

/** No data is never a pass: a gate that nothing can be concluded at does not open. */
function outcomeOf({ comparisons }: CompareDetails, limit: number | undefined): Outcome {
  if (limit === undefined) return 'passed'
  const gating = comparisons.map(({ figures }) => figures.filter(({ gates }) => gates))
  if (gating.flat().some(({ isBeyondLimit }) => isBeyondLimit === true)) return 'failed'
  const isConclusive =
    comparisons.every(({ ungated = [] }) => ungated.length === 0) &&
    gating.every((figures) => figures.length > 0 && figures.every(({ isBeyondLimit }) => isBeyondLimit !== undefined))
  return isConclusive ? 'passed' : 'no-data'
}

function checkKinds(sides: readonly Side[]): void {
  const [first, ...others] = sides.flatMap(({ name, runs }) => runs.map(({ kind }) => ({ name, kind })))
  const other = others.find(({ kind }) => kind !== first?.kind)
  if (first === undefined || other === undefined) return
  throw new UsageError(
    `"${first.name}" is of ${first.kind}, "${other.name}" of ${other.kind}: runs of different commands do not compare`,
  )
}

/** A run held against itself shows no difference, whatever has changed. */
function checkApart(base: Side, next: Side): void {
  const ids = new Set(base.runs.map(({ runId }) => runId))
  const [first, ...others] = next.runs.filter(({ runId }) => ids.has(runId))
  if (first === undefined) return
  const what = others.length === 0 ? `run ${first.runId} is` : `runs ${first.runId} and ${others.length} more are`
  const where = base.name === next.name ? `"${base.name}"` : `"${base.name}" and in "${next.name}"`
  throw new UsageError(`${what} on both sides, in ${where}`, {
    advice: ['name other runs as BASE or as NEW: a run does not compare with itself'],
  })
}

/** A run that did not end well lacks figures, and those it has are of an unknown part of its load. */
function checkEnds({ name, runs }: Side, force: boolean): Finding[] {
  return runs.flatMap(({ runId, outcome }): Finding[] => {
    if (outcome === 'passed' || outcome === 'failed') return []
    const message = `run ${runId} in "${name}" is not complete: it ended as ${outcome}`
    if (!force) throw new UsageError(message, { advice: ['leave it out, or compare all the same with --force'] })
    return [{ severity: 'warning', code: 'IncompleteRun', message }]
  })
}

function checkAlike(base: Side, next: Side, differences: readonly Difference[], force: boolean): Finding[] {
  if (differences.length === 0) return []
  if (force) return differences.map((difference) => unlike('UnlikeParameters', next, difference))
  const list = differences.map(({ what, base: before, next: after }) => `${what} ${before} and ${after}`).join(', ')
  throw new UsageError(`the runs of "${base.name}" and "${next.name}" did not measure the same: ${list}`, {
    advice: ['compare them all the same with --force'],
  })
}

function unlike(code: string, { name }: Side, { what, base, next }: Difference): Finding {
  return { severity: 'warning', code, message: `${name}: ${what} is ${next}, was ${base}` }
}
