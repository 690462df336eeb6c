import { counted } from '../../record/counted.ts'
import { type CompareDetails, type ComparedFigure, LEAST_MEASUREMENTS } from '../../record/details/compare-details.ts'
import type { RunRecord } from '../../record/run-record.ts'

type OneComparison = CompareDetails['comparisons'][number]

/** What the comparison comes to, in a sentence or two. */
export function conclusion({ parameters }: Pick<RunRecord, 'parameters'>, comparison: OneComparison): string {
  const { figures, onlyBase, onlyNext, unit, ungated = [], incomparable = [] } = comparison
  const limit = parameters.failOnRegression as string | undefined
  const count = (verdict: ComparedFigure['verdict']) => figures.filter((figure) => figure.verdict === verdict).length
  const sides = `${measurements(comparison, 'base')} against ${measurements(comparison, 'next')}`
  const missing = onlyBase.length + onlyNext.length
  const unlike = new Set(incomparable.map(({ metric }) => metric))
  const unmatched = [
    metricsHave(missing, 'figures that one side lacks'),
    metricsHave(unlike.size, 'figures of different sources, which do not compare'),
  ].join('')
  const gating = figures.filter(({ gates }) => gates)
  const beyond = gating.filter(({ isBeyondLimit }) => isBeyondLimit === true)
  const thatGate = `${counted(gating.length, 'figure')} that ${gating.length === 1 ? 'gates' : 'gate'}`
  const inconclusive = gating.filter(({ verdict }) => verdict === 'too-few')
  const fewer = count('too-few')
  const rest = fewer === 0 ? '' : `, ${fewer} with too few measurements`
  const summary = `${count('regression')} worse, ${count('improvement')} better, ${count('changed')} changed, ${count('no-difference-shown')} without a difference shown${rest} of ${counted(figures.length, 'figure')}, ${sides}.${unmatched}`
  const tooFew = `Nothing can be concluded from ${sides}: at least ${LEAST_MEASUREMENTS} ${unit === 'sample' && mostSamples(comparison) > 1 ? 'samples' : 'runs'} on each side are needed.${unmatched}`
  if (limit === undefined) return figures.length > 0 && count('too-few') === figures.length ? tooFew : summary
  if (beyond.length > 0)
    return `FAILED: ${beyond.length} of ${thatGate} ${beyond.length === 1 ? 'is' : 'are'} worse by more than ${percent(limit)}. ${summary}`
  const isOfSources = ungated.some((metric) => unlike.has(metric))
  const lacking = isOfSources ? 'is on both sides from the same source' : 'is on both sides'
  if (gating.length === 0) return `NO DATA: no figure that gates ${lacking}. ${summary}`
  if (ungated.length > 0)
    return `NO DATA: of ${ungated.join(', ')}, which should gate, no figure ${lacking}. ${summary}`
  if (inconclusive.length > 0) return `NO DATA: ${tooFew}`
  return `PASSED: none of ${thatGate} is shown to be worse by more than ${percent(limit)}. ${summary}`
}

function metricsHave(count: number, what: string): string {
  return count === 0 ? '' : ` ${counted(count, 'metric')} ${count === 1 ? 'has' : 'have'} ${what}.`
}

function percent(text: string): string {
  return text.endsWith('%') ? text : `${text}%`
}

function measurements({ figures, unit, ...comparison }: OneComparison, side: 'base' | 'next'): string {
  const { runs } = comparison[side]
  if (unit === 'run')
    return counted(
      runs.reduce((sum, { repeats = 1 }) => sum + repeats, 0),
      'run',
    )
  const most = Math.max(0, ...figures.map((figure) => figure[side].length))
  return most <= 1 ? '1 run' : `${most} samples of one run`
}

function mostSamples({ figures }: OneComparison): number {
  return Math.max(0, ...figures.flatMap(({ base, next }) => [base.length, next.length]))
}
