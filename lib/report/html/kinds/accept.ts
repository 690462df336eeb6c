import { type AcceptItem, acceptDetailsOf } from '../../../record/details/accept-details.ts'
import type { RunRecord } from '../../../record/run-record.ts'
import { type Content, type Html, html } from '../html.ts'
import { figure, noData } from '../pieces/figure.ts'
import { type Mark, mark } from '../pieces/mark.ts'
import { number, table, text } from '../pieces/table.ts'
import { type Section, type Sections, section } from '../section.ts'

const RESULTS: Readonly<Record<AcceptItem['result'], Mark>> = {
  pass: ['good', 'pass'],
  fail: ['bad', 'fail'],
  'no-data': ['doubt', 'no data'],
  'not-applicable': ['plain', 'not applicable'],
  'not-permitted': ['doubt', 'not permitted'],
}

/**
 * The checklist, and of each item what it was judged by.
 * @param sectionsOfCommand of the record of a command, which the evidence of an item is like
 */
export function acceptSections(record: RunRecord, sectionsOfCommand: Sections): readonly Section[] {
  const details = acceptDetailsOf(record)
  if (details === undefined) return []
  const { items, suite, strict } = details
  return [
    ...section('Checklist', [
      checklist(items, `Suite ${suite.name}${strict ? '; every item counts as a required one' : ''}`),
    ]),
    ...section('Evidence', evidence(record, items, sectionsOfCommand)),
  ]
}

function checklist(items: readonly AcceptItem[], note: string): Html {
  return table({
    caption: 'Items of the checklist',
    note,
    columns: [
      text('Item'),
      text('Level'),
      text('Result'),
      { title: 'Seen', wide: true },
      { title: 'Why', wide: true },
      text('Measured by'),
      number('Took'),
      number('Expected'),
    ],
    rows: items.map(
      ({
        name,
        description,
        level,
        result,
        reason,
        thresholds,
        command,
        durationSeconds,
        estimatedSeconds,
      }): Content[] => [
        html`<span title="${description ?? ''}">${name}</span>`,
        level,
        mark(...RESULTS[result]),
        thresholds.map(
          ({ expression, observed, unit }, index) =>
            html`${index === 0 ? '' : html`<br>`}<code>${expression}</code>: ${observed === null ? noData : figure(observed, unit ?? 'count')}`,
        ),
        reason ?? '',
        command,
        durationSeconds === undefined ? '' : figure(durationSeconds, 's'),
        figure(estimatedSeconds, 's'),
      ],
    ),
  })
}

/** Of items that were measured together once. */
function evidence(record: RunRecord, items: readonly AcceptItem[], sectionsOfCommand: Sections): readonly Html[] {
  const shown = new Set<string>()
  return items.flatMap((item) => {
    if (item.details === undefined || shown.has(item.name)) return []
    const together = [item.name, ...(item.measuredWith ?? [])]
    for (const name of together) shown.add(name)
    const metrics = record.metrics.flatMap((metric) => {
      const { item: of, ...labels } = metric.labels
      return of !== undefined && together.includes(of) ? [{ ...metric, labels }] : []
    })
    const sections = sectionsOfCommand({
      ...record,
      kind: item.command,
      details: item.details,
      metrics,
      phases: item.phases,
    })
    if (sections.length === 0) return []
    return [
      html`<details><summary>${together.join(', ')}</summary>${sections.map(({ title, body }) => html`<p><strong>${title}</strong></p>${body}`)}</details>`,
    ]
  })
}
