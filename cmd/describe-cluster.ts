import { counted } from '../lib/record/counted.ts'
import type { RunRecord } from '../lib/record/run-record.ts'

/** Which cluster it is, said before anything happens there: `Context kind-kind (v1.34.4, 2 nodes).` */
export function describeCluster({ context, serverVersion, nodes }: RunRecord['cluster']): string {
  return `Context ${context} (${serverVersion}${nodes === null ? '' : `, ${counted(nodes, 'node')}`}).`
}
