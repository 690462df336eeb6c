import type { RunRecord } from '../../lib/record/run-record.ts'
import { metricsCsv } from '../../lib/report/csv/metrics-csv.ts'
import { toJUnit } from '../../lib/report/junit.ts'
import { commandOf } from '../../lib/report/markdown/markdown-record.ts'
import { printable } from '../../lib/report/printable.ts'
import { toJson } from '../../lib/report/structured.ts'
import type { Context } from '../command.ts'
import { formatRecord } from '../write-record.ts'
import type { ReportOptions } from './options.ts'
import { viewOf } from './renderers.ts'

/**
 * Records in a format that is one text, in parts. Several are a list in JSON, documents in YAML, suites in JUnit, sections in
 * Markdown and HTML, and tables under a heading each.
 */
export async function formatRecords(
  records: readonly RunRecord[],
  options: ReportOptions,
  context: Context,
): Promise<Iterable<string>> {
  const { output } = options
  if (output === 'csv') return metricsCsv(records)
  if (output === 'junit') return [toJUnit(...records)]
  if (output === 'html') return (await import('../../lib/report/html/html-report.ts')).htmlReport(records)
  const [only, ...others] = records
  if (only === undefined) return []
  if (others.length === 0) return formatRecord(only, await viewOf(only), options, context)
  if (output === 'json') return toJson(records)
  const sections = await Promise.all(
    records.map(async (record, index) => {
      const text = [...(await formatRecord(record, await viewOf(record), options, context))].join('')
      return `${index === 0 ? '' : (SEPARATORS[output] ?? '\n')}${headingOf(record, output)}${text}`
    }),
  )
  return sections
}

const SEPARATORS: Readonly<Record<string, string>> = { yaml: '---\n' }

/** Markdown has one already. */
function headingOf(record: RunRecord, output: string): string {
  if (output !== 'table' && output !== 'wide') return ''
  const { runId, startedAt, cluster } = record
  const place = cluster.context === '' ? '' : `, ${cluster.context} (${cluster.serverVersion})`
  return `${printable(`RUN ${runId}: ${commandOf(record)}, ${startedAt.slice(0, 19)}Z${place}`)}\n`
}
