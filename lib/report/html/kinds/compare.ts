import {
  type CompareDetails,
  type ComparedFigure,
  compareDetailsOf,
  type Difference,
} from '../../../record/details/compare-details.ts'
import type { RunRecord } from '../../../record/run-record.ts'
import { conclusion } from '../../comparison/conclusion.ts'
import { figureCells } from '../../comparison/figure-text.ts'
import { incomparableMetrics } from '../../comparison/incomparable-metrics.ts'
import { shownFigures } from '../../comparison/shown-figures.ts'
import { type Content, type Html, html } from '../html.ts'
import { bar } from '../pieces/bar.ts'
import { figure } from '../pieces/figure.ts'
import { type Mark, mark } from '../pieces/mark.ts'
import { labelText } from '../pieces/series-name.ts'
import { number, table, text } from '../pieces/table.ts'
import { type Section, section } from '../section.ts'

type OneComparison = CompareDetails['comparisons'][number]

export function compareSections(record: RunRecord): readonly Section[] {
  const comparisons = compareDetailsOf(record)?.comparisons ?? []
  return comparisons.flatMap((comparison) =>
    section(`${comparison.base.name} → ${comparison.next.name}`, [
      // Of only one it is the verdict.
      comparisons.length === 1 ? html`` : html`<p>${conclusion(record, comparison)}</p>`,
      figures('What gates and what differs', comparison, shownFigures(comparison, false)),
      html`<details><summary>All ${comparison.figures.length} figures</summary>${figures('All figures', comparison, comparison.figures)}</details>`,
      runs(comparison),
      differences('Parameters that differ', comparison.unlikeParameters),
      differences('Environments that differ', comparison.unlikeEnvironments),
      incomparable(comparison),
      unmatched(comparison),
    ]),
  )
}

const VERDICTS: Readonly<Record<ComparedFigure['verdict'], Mark>> = {
  regression: ['bad', 'worse'],
  improvement: ['good', 'better'],
  changed: ['doubt', 'changed'],
  'no-difference-shown': ['plain', 'no difference shown'],
  'too-few': ['plain', 'too few measurements'],
}

function figures(caption: string, comparison: OneComparison, shown: readonly ComparedFigure[]): Html {
  const widest = comparison.figures.reduce((most, { change }) => {
    const ends = change.kind === 'ratio' ? (change.interval ?? [change.estimate, change.estimate]) : [0]
    return Math.max(most, ...ends.map(Math.abs))
  }, 0.05)
  return table({
    caption,
    note: 'Medians. The bar is the 95 % interval of the change, its mark no change; ~ is a change that chance explains.',
    columns: [
      text('Metric'),
      text('Series'),
      text('Verdict'),
      number('Base'),
      number('New'),
      number('Change'),
      text('Interval'),
      text('Where'),
      number('P'),
      number('N'),
      text('Gates'),
    ],
    rows: shown.map((one): Content[] => {
      const [name, , , , change, interval, p, n] = figureCells(one, comparison.figures)
      const { change: found } = one
      const ends = found.interval ?? [found.estimate, found.estimate]
      return [
        html`<span title="${name ?? ''}">${name}</span>`,
        labelText(one.labels),
        one.isBeyondLimit === true ? mark('bad', 'worse, beyond the limit') : mark(...VERDICTS[one.verdict]),
        figure(one.baseMedian, one.unit, one.resolution),
        figure(one.nextMedian, one.unit, one.resolution),
        html`<data value="${found.estimate}" title="${found.estimate}">${change}</data>`,
        interval,
        found.kind === 'ratio' ? bar({ from: ends[0], to: ends[1] }, { from: -widest, to: widest }, [0]) : '',
        p,
        n,
        one.gates ? 'yes' : '',
      ]
    }),
  })
}

function runs({ base, next }: OneComparison): Html {
  return table({
    caption: 'Runs',
    columns: [text('Side'), text('Run'), text('Started'), text('Outcome'), text('Kubernetes'), text('Context')],
    rows: [base, next].flatMap(({ name, runs: own }) =>
      own.map(({ runId, startedAt, outcome, serverVersion, context }) => [
        name,
        runId,
        startedAt,
        outcome,
        serverVersion,
        context,
      ]),
    ),
  })
}

function differences(caption: string, all: readonly Difference[]): Html {
  return table({
    caption,
    columns: [text('What'), text('Base'), text('New')],
    rows: all.map(({ what, base, next }) => [what, base, next]),
  })
}

function incomparable(comparison: OneComparison): Html {
  return table({
    caption: 'Metrics with figures that do not compare',
    note: 'Both sides have them, from different sources: what differs may be what they were measured with.',
    columns: [text('Metric'), text('Series'), text('Base from'), text('New from')],
    rows: incomparableMetrics(comparison).map(({ metric, series, baseSources, nextSources }) => [
      metric,
      series,
      baseSources,
      nextSources,
    ]),
  })
}

function unmatched({ onlyBase, onlyNext }: OneComparison): Html {
  return table({
    caption: 'Metrics with figures that one side lacks',
    columns: [text('Metric'), text('Only in')],
    rows: [...onlyBase.map((name) => [name, 'base']), ...onlyNext.map((name) => [name, 'new'])],
  })
}
