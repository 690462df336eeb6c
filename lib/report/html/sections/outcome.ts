import type { RunRecord } from '../../../record/run-record.ts'
import { scale } from '../../scale.ts'
import { brokenThresholds } from '../../verdict.ts'
import { type Content, html } from '../html.ts'
import { adviceLines } from '../pieces/advice.ts'
import { bar } from '../pieces/bar.ts'
import { figure, noData } from '../pieces/figure.ts'
import { mark } from '../pieces/mark.ts'
import { labelText } from '../pieces/series-name.ts'
import { number, table, text } from '../pieces/table.ts'
import { type Section, section } from '../section.ts'

/** What was asked of the run, and whether it holds. */
export function thresholds({ thresholds: results }: RunRecord): readonly Section[] {
  return section('Thresholds', [
    table({
      caption: brokenThresholds(results) ?? 'All thresholds hold',
      columns: [text('Threshold'), number('Observed'), text('Result'), text('Series')],
      rows: results
        .toSorted((a, b) => Number(a.passed) - Number(b.passed))
        .map(({ expression, observed, unit, passed, series = {} }): Content[] => [
          html`<code>${expression}</code>`,
          observed === null ? noData : figure(observed, unit ?? 'count'),
          mark(passed ? 'good' : 'bad', passed ? 'pass' : observed === null ? 'fail: no data' : 'fail'),
          labelText(series),
        ]),
    }),
  ])
}

const SEVERITIES = {
  error: ['bad', 0],
  warning: ['doubt', 1],
  info: ['plain', 2],
} as const

/** What was noticed, with what to do. The fault that ended a run is in its verdict; what lint found has its own section. */
export function findings({ kind, findings: found }: RunRecord): readonly Section[] {
  const all = found.filter(({ code }) => code !== 'RunFailed' && kind !== 'cilium-lint')
  const order = all.toSorted((a, b) => SEVERITIES[a.severity][1] - SEVERITIES[b.severity][1])
  return section('Findings', [
    table({
      caption: 'What was noticed, and what to do',
      columns: [text('Severity'), { title: 'Finding', wide: true }, number('Count'), text('Objects'), text('Code')],
      rows: order.map(({ severity, code, message, advice, objects = [], count }): Content[] => [
        mark(SEVERITIES[severity][0], severity),
        html`${message}${adviceLines(advice)}`,
        count === undefined ? '' : String(count),
        objectList(objects),
        html`<code>${code}</code>`,
      ]),
    }),
  ])
}

const FEW = 5

function objectList(objects: readonly string[]): Content {
  if (objects.length <= FEW) return objects.map((name, index) => html`${index === 0 ? '' : html`<br>`}${name}`)
  return html`<details><summary>${objects.length} objects</summary>${objects.map((name) => html`${name}<br>`)}</details>`
}

/** When each part of the run began, and how long it took. */
export function phases({ phases: all, startedAt, finishedAt }: RunRecord): readonly Section[] {
  const begin = Date.parse(startedAt)
  const whole = { from: 0, to: (Date.parse(finishedAt) - begin) / 1000 }
  return section('Timeline', [
    table({
      caption: 'Phases of the run',
      note: `From ${startedAt}, ${scale(whole.to, 's')} in all`,
      columns: [
        text('Phase'),
        number('Start'),
        number('Duration'),
        number('Objects'),
        number('Rate'),
        { title: 'When', wide: true },
        text('Note'),
      ],
      rows: all.map(({ name, startedAt: at, durationSeconds, count, note }): Content[] => {
        const from = (Date.parse(at) - begin) / 1000
        return [
          name,
          figure(from, 's'),
          figure(durationSeconds, 's'),
          count === undefined ? '' : figure(count, 'count'),
          count === undefined || durationSeconds === 0 ? '' : figure(count / durationSeconds, '1/s'),
          bar({ from, to: from + durationSeconds }, whole),
          note ?? '',
        ]
      }),
    }),
  ])
}
