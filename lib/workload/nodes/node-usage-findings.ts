import type { PerfError } from '../../errors/perf-error.ts'
import { isApiError } from '../../kube/api-error.ts'
import { counted } from '../../record/counted.ts'
import type { Finding } from '../../record/run-record.ts'
import type { NodeUsage, UsageSource } from './node-usage.ts'
import { FORBIDDEN_USAGE, type MissingUsage, type NodeUsageReading } from './node-usage-source.ts'

const MOST_OBJECTS = 20

/** Nodes without a figure, one finding for each reason. */
export function missingUsageFindings(missing: ReadonlyMap<string, MissingUsage>): Finding[] {
  const byReason = Map.groupBy(missing, ([, { reason }]) => reason)
  return [...byReason].map(([reason, nodes]) => {
    const detail = nodes[0]?.[1].detail
    const message = `CPU and memory of ${counted(nodes.length, 'node')} are not known: ${reason}${detail === undefined ? '' : ` (${detail})`}`
    return {
      severity: 'info',
      code: 'NodeUsageUnknown',
      message,
      ...(reason === FORBIDDEN_USAGE.reason ? { advice: ADVICE } : {}),
      ...objectsOf(nodes.map(([node]) => node)),
    }
  })
}

/**
 * Nodes that answer and were not measured while the load ran, or not for long enough.
 * @param ofLoad what is known of the load itself
 */
export function tooShortFindings({ source, usages }: NodeUsageReading, ofLoad: readonly NodeUsage[]): Finding[] {
  const known = new Map(ofLoad.map((usage) => [usage.node, usage]))
  const nodes = usages.map(({ node }) => node)
  const unmeasured = nodes.filter((node) => !known.has(node))
  const withoutCpu = nodes.filter((node) => known.has(node) && known.get(node)?.cpuCores === undefined)
  return [
    ...tooShort(
      unmeasured,
      (count) => `CPU and memory of ${count} under load are not known: it was over before they were measured again`,
      source,
    ),
    ...tooShort(
      withoutCpu,
      (count) =>
        `CPU of ${count} under load is not known: it was measured once, as an average of which most was before the load`,
      source,
    ),
  ]
}

function tooShort(nodes: readonly string[], message: (count: string) => string, source: UsageSource): Finding[] {
  if (nodes.length === 0) return []
  const finding = {
    severity: 'info',
    code: 'NodeUsageUnknown',
    message: message(counted(nodes.length, 'node')),
  } as const
  return [{ ...finding, advice: LONGER[source], ...objectsOf(nodes) }]
}

function objectsOf(nodes: readonly string[]): Pick<Finding, 'objects' | 'count'> {
  return { objects: nodes.slice(0, MOST_OBJECTS), count: nodes.length }
}

const LONGER: Readonly<Record<UsageSource, string>> = {
  kubelet: 'let the load last 30 s or longer: kubelets measure every 10 to 15 s',
  'metrics-api':
    'let the load last a minute or longer, three where metrics-server runs with --metric-resolution=60s: by default it measures every 15 s',
}

/** No node has a figure, or none of that moment. */
export function noUsageFinding(fault: PerfError, moment = ''): Finding {
  return {
    severity: 'info',
    code: 'NodeUsageUnknown',
    message: `CPU and memory of the nodes${moment} are not known: ${fault.message}`,
    ...(isApiError(fault) && fault.code === 403 ? { advice: ADVICE } : {}),
  }
}

const ADVICE =
  'Have one of them allowed: list on nodes.metrics.k8s.io where metrics-server runs, or list on nodes and get on nodes/proxy'
