import { controlPlaneSeries } from '../../lib/workload/series/control-plane-series.ts'
import { nodeUsageSeries } from '../../lib/workload/series/node-series.ts'
import type { Context } from '../command.ts'
import { runMeasurement } from '../measure.ts'
import { dryRun, printPlan } from './dry-run.ts'
import { measureDensity } from './measure-density.ts'
import type { DensityOptions } from './options.ts'
import { renderDensity } from './render.ts'
import { densityRequest } from './request.ts'

export async function runDensityCommand(options: DensityOptions, context: Context): Promise<number> {
  const request = densityRequest(options, context)
  if (options.dryRun === 'client') return printPlan(request, options, context)
  if (options.dryRun === 'server') return dryRun(request, options, context)
  return runMeasurement(
    {
      kind: 'density',
      apiConnections: options.connections,
      render: renderDensity,
      thresholds: request.thresholds,
      series: { queries: [...controlPlaneSeries, ...nodeUsageSeries] },
      measure: (session) => measureDensity(request, options, session, context),
    },
    options,
    context,
  )
}
