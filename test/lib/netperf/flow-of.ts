import { netperfDetails } from '../../../lib/netperf/assessment/rows/netperf-details.ts'
import type { NetperfRun } from '../../../lib/netperf/netperf-run.ts'
import type { FlowRow } from '../../../lib/record/details/netperf-details.ts'
import { outcomes } from './measuring.ts'

/** What a run's first test says of its first direction; throws when it has no figures. */
export function flowOf(run: NetperfRun, samples: number, linkBitsPerSecond?: number): FlowRow {
  const options = { samples, wasAborted: false, ...(linkBitsPerSecond === undefined ? {} : { linkBitsPerSecond }) }
  const [flow] = netperfDetails(run, options).rows[0]?.flows ?? []
  if (flow === undefined) throw new Error(`no figures: ${outcomes(run.samples).join()}; ${String(run.failure)}`)
  return flow
}
