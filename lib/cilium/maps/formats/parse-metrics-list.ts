import { PerfError } from '../../../errors/perf-error.ts'
import { parseFloat64 } from '../../../prometheus/exposition/parse-float.ts'
import { isObject } from '../../../record/json.ts'
import type { AgentMetric } from './agent-metrics.ts'
import { parseJsonOutput } from './json-output.ts'

/**
 * Reads `cilium-dbg metrics list`, with `-o json` or as a table, of Cilium 1.14 to 1.20. In JSON a value of 0 and labels that
 * are none are left out. A histogram stands for one number: the sum of what it observed up to 1.16, its 90th percentile from
 * 1.17 on; in the table of 1.17 it is `p50 / p90 / p99`, which is passed over.
 * Format: pkg/metrics/registry.go (1.15), pkg/metrics/cmd.go (1.17).
 * @throws PerfError for text that is none of these
 */
export function parseMetricsList(text: string): AgentMetric[] {
  const trimmed = text.trimStart()
  if (trimmed.startsWith('[')) return parseMetricsJson(trimmed)
  if (trimmed.startsWith('null')) return []
  return parseMetricsTable(trimmed)
}

function parseMetricsJson(text: string): AgentMetric[] {
  const list = parseJsonOutput(text, 'metrics list')
  if (!Array.isArray(list)) throw new PerfError('metrics list: not a list of metrics')
  return list.map((entry: unknown) => {
    if (!isObject(entry) || typeof entry.name !== 'string') throw new PerfError('metrics list: a metric has no name')
    const value = entry.value ?? 0
    if (typeof value !== 'number') throw new PerfError(`metrics list: the value of ${entry.name} is no number`)
    return { name: entry.name, labels: textLabels(entry.labels), value }
  })
}

function textLabels(labels: unknown): Record<string, string> {
  if (!isObject(labels)) return {}
  return Object.fromEntries(
    Object.entries(labels).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )
}

const HEADER = /^Metric\s+Labels\s+Value\s*$/
const NAME = /^[A-Za-z_:][\w:]*/
/** Before a label, which values may hold blanks as well: `reason=Unsupported L3 protocol direction=EGRESS`. */
const LABEL_START = /(?:^|\s)([A-Za-z_]\w*)=/g

function parseMetricsTable(text: string): AgentMetric[] {
  const [header = '', ...lines] = text.split('\n')
  if (!HEADER.test(header)) {
    throw new PerfError(`metrics list: neither JSON nor a table of metrics${quoteStart(text)}`)
  }
  return lines.flatMap((line) => parseRow(line.trimEnd()) ?? [])
}

function parseRow(line: string): AgentMetric | undefined {
  const [name] = NAME.exec(line) ?? []
  const valueAt = line.lastIndexOf(' ') + 1
  if (name === undefined || valueAt <= name.length) return undefined
  const middle = line.slice(name.length, valueAt).trim()
  const value = parseFloat64(line.slice(valueAt))
  if (value === undefined || middle.endsWith('/')) return undefined
  return { name, labels: tableLabels(middle), value }
}

function tableLabels(text: string): Record<string, string> {
  const starts = [...text.matchAll(LABEL_START)]
  return Object.fromEntries(
    starts.map((match, index) => {
      const from = match.index + match[0].length
      const value = text.slice(from, starts[index + 1]?.index ?? text.length).trim()
      return [match[1] ?? '', value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value]
    }),
  )
}

/** What a program said instead, for the message. */
function quoteStart(text: string): string {
  const [line = ''] = text.split('\n')
  return line === '' ? ' (it printed nothing)' : `: ${JSON.stringify(line.slice(0, 120))}`
}
