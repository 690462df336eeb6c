import type { ComparedFigure } from '../../record/details/compare-details.ts'
import type { Unit } from '../../record/run-record.ts'
import { NO_DATA, scale } from '../scale.ts'

/** What a person reads where chance explains a difference. */
const NO_DIFFERENCE = '~'

const VERDICTS = {
  regression: 'worse',
  improvement: 'better',
  changed: 'changed',
  'no-difference-shown': '',
  'too-few': 'too few',
} as const satisfies Record<ComparedFigure['verdict'], string>

export const TITLES = ['METRIC', 'SERIES', 'BASE', 'NEW', 'CHANGE', '95%-INTERVAL', 'P', 'N', 'VERDICT'] as const

/** The cells of a figure, in the order of the titles. */
export function figureCells(figure: ComparedFigure, all: readonly ComparedFigure[]): string[] {
  const { metric, statistic, unit, base, next, baseMedian, nextMedian, change, verdict, p, adjustedP } = figure
  const isShown = verdict !== 'no-difference-shown'
  const text = (value: number) => changeText(value, change.kind, unit)
  return [
    statistic === 'value' ? metric : `${metric}.${statistic}`,
    seriesOf(figure, all),
    scale(baseMedian, unit),
    scale(nextMedian, unit),
    isShown ? text(change.estimate) : NO_DIFFERENCE,
    change.interval === undefined ? NO_DATA : change.interval.map(text).join(' to '),
    pText(adjustedP ?? p),
    `${base.length}+${next.length}`,
    VERDICTS[verdict],
  ]
}

function changeText(value: number, kind: ComparedFigure['change']['kind'], unit: Unit): string {
  const size = kind === 'ratio' ? `${(Math.abs(value) * 100).toFixed(1)}%` : scale(Math.abs(value), unit)
  return `${value < 0 ? '-' : '+'}${size}`
}

function pText(p: number | undefined): string {
  if (p === undefined) return NO_DATA
  return p < 0.001 ? '<0.001' : p.toFixed(3)
}

/** Only what tells a series from the others of its metric. */
function seriesOf({ metric, labels }: ComparedFigure, all: readonly ComparedFigure[]): string {
  const others = all.filter((figure) => figure.metric === metric)
  return Object.entries(labels)
    .filter(([label, value]) => others.some((other) => other.labels[label] !== value))
    .map(([label, value]) => `${label}=${value}`)
    .join(',')
}
