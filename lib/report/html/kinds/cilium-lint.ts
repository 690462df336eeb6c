import { lintDetailsOf } from '../../../record/details/lint-details.ts'
import type { RunRecord } from '../../../record/run-record.ts'
import { type Content, html } from '../html.ts'
import { adviceLines } from '../pieces/advice.ts'
import { count } from '../pieces/figure.ts'
import { mark } from '../pieces/mark.ts'
import { number, pairs, table, text } from '../pieces/table.ts'
import { type Section, section } from '../section.ts'

const WHO_SAID = {
  flag: 'as the option says',
  cluster: 'as the cluster runs',
  newest: 'the newest that is known',
} as const

export function lintSections(record: RunRecord): readonly Section[] {
  const details = lintDetailsOf(record)
  if (details === undefined) return []
  const { ciliumVersion, versionSource, chartRelease, files, keys, problems } = details
  return section('Helm values', [
    pairs('What was checked', [
      ['Cilium', `${ciliumVersion}, ${WHO_SAID[versionSource]}`],
      ['Chart', chartRelease],
      ['Files', files.join(', ')],
      ['Keys', count(keys)],
    ]),
    table({
      caption: problems.length === 0 ? 'No problems' : `${problems.length} problems`,
      columns: [
        text('Key'),
        text('Severity'),
        text('File'),
        number('Line'),
        { title: 'Problem', wide: true },
        text('Code'),
      ],
      rows: problems.map(({ file, line, path, severity, code, message, advice }): Content[] => [
        html`<code>${path}</code>`,
        severity === 'error' ? mark('bad', 'error') : mark('doubt', 'warning'),
        file,
        count(line),
        html`${message}${adviceLines(advice)}`,
        html`<code>${code}</code>`,
      ]),
    }),
  ])
}
