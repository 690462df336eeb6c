import type { RunRecord } from '../lib/record/run-record.ts'
import { NO_DATA } from '../lib/report/scale.ts'
import { type Column, renderTable, right } from '../lib/report/table.ts'
import { messageLines, type RenderOptions } from './render-record.ts'

const FEW = 5
const MOMENTS = ['before', 'peak', 'after'] as const
const FEW_MOMENTS = MOMENTS.slice(0, 2)

/**
 * CPU and memory (working set) of the nodes, those that used most CPU first, and below why figures of theirs are missing; all
 * of it in the wide table, among whose findings the reasons are.
 */
export function renderNodeUsage(
  { metrics, findings }: RunRecord,
  { wide, headers, columns: width }: RenderOptions,
): string {
  const usage = metrics.filter(({ name }) => name === 'node_cpu_usage' || name === 'node_memory_usage')
  const of = (node: string, name: string, when: string) =>
    usage.find((metric) => metric.name === name && metric.labels.node === node && metric.labels.when === when)
      ?.statistics.value
  const nodes = [...new Set(usage.flatMap(({ labels }) => labels.node ?? []))]
  const busiest = nodes.toSorted(
    (a, b) => (of(b, 'node_cpu_usage', 'peak') ?? 0) - (of(a, 'node_cpu_usage', 'peak') ?? 0),
  )
  const moments = wide ? MOMENTS : FEW_MOMENTS
  const shown = wide ? busiest : busiest.slice(0, FEW)
  const rows = shown.map((node) => [
    node,
    ...moments.map((when) => cores(of(node, 'node_cpu_usage', when))),
    ...moments.map((when) => mebibytes(of(node, 'node_memory_usage', when))),
  ])
  const columns = [
    { title: 'NODE' },
    ...moments.map((when) => moment('CPU', when)),
    ...moments.map((when) => moment('MEM', when)),
  ]
  const reasons = findings
    .filter(
      ({ code, objects }) => !wide && code === 'NodeUsageUnknown' && objects?.some((node) => shown.includes(node)),
    )
    .flatMap((finding) => messageLines(finding, width))
  return `${renderTable(columns, rows, headers, width)}${reasons.map((line) => `${line}\n`).join('')}`
}

/** The peak is what a load is judged by. */
function moment(what: 'CPU' | 'MEM', when: (typeof MOMENTS)[number]): Column {
  const column = right(`${what}-${when.toUpperCase()}`)
  return when === 'peak' ? column : { ...column, dispensable: when === 'after' ? 2 : 1 }
}

/** As kubectl top has it: millicores. */
function cores(value: number | undefined): string {
  return value === undefined ? NO_DATA : `${Math.round(value * 1000)}m`
}

/** As kubectl top has it. */
function mebibytes(value: number | undefined): string {
  return value === undefined ? NO_DATA : `${Math.round(value / 2 ** 20)}Mi`
}
