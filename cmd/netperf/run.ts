import { nodeNetworkSeries, nodeUsageSeries } from '../../lib/workload/series/node-series.ts'
import type { Context } from '../command.ts'
import { runMeasurement } from '../measure.ts'
import { API_CONNECTIONS } from '../shared-options.ts'
import { dryRunOnServer, printPlan } from './dry-run.ts'
import { measureNetperf } from './measure-netperf.ts'
import type { NetperfOptions } from './options.ts'
import { renderNetperf } from './render.ts'
import { netperfRequest } from './request.ts'

export async function runNetperfCommand(options: NetperfOptions, context: Context): Promise<number> {
  const request = netperfRequest(options)
  if (options.dryRun === 'client') return printPlan(request, options, context)
  if (options.dryRun === 'server') return dryRunOnServer(request, options, context)
  return runMeasurement(
    {
      kind: 'netperf',
      apiConnections: API_CONNECTIONS,
      render: renderNetperf,
      series: { queries: [...nodeUsageSeries, ...nodeNetworkSeries] },
      measure: (session) => measureNetperf(request, options, session, context),
    },
    options,
    context,
  )
}
