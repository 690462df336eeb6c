import { densityDetails } from '../../record/details/density-details.ts'
import type { RunRecord } from '../../record/run-record.ts'

/**
 * What every document of a run carries, in alphabetical order as Go writes a map. kube-burner adds version and nodes by
 * itself; the others tell its documents and ours apart where they share an index.
 */
export interface Metadata {
  k8sVersion: string
  latencySource: string
  tool: string
  totalNodes: number | undefined
}

export function metadataOf({ cluster, tool }: RunRecord): Metadata {
  return {
    k8sVersion: cluster.serverVersion,
    latencySource: 'watch',
    tool: `${tool.name} ${tool.version}`,
    totalNodes: cluster.nodes ?? undefined,
  }
}

/** What documents of one run are found by: the label kube-burner.io/uuid of its objects, else the run's id. */
export function uuidOf(record: RunRecord): string {
  return densityDetails(record)?.uuid ?? record.runId
}

/** A built-in workload is one job: `density-pods`, `density-deployments` … */
export function builtInJobName({ kind, parameters }: RunRecord): string {
  return typeof parameters.workload === 'string' ? `${kind}-${parameters.workload}` : kind
}
