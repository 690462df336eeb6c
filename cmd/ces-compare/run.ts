import { assess } from '../../lib/ces/assessment/assess.ts'
import { removalOf } from '../../lib/ces/assessment/ces-findings.ts'
import type { CesPlan } from '../../lib/ces/ces-plan.ts'
import { detectSlices } from '../../lib/ces/detection/detect-slices.ts'
import { requireComparison } from '../../lib/ces/detection/require-comparison.ts'
import { ADDRESS_RANGE } from '../../lib/ces/load/endpoint-manifest.ts'
import { loadPermissions, RIGHTS } from '../../lib/ces/permissions.ts'
import { runCesCompare } from '../../lib/ces/run-ces-compare.ts'
import { requirePermissions } from '../../lib/kube/preflight.ts'
import { counted } from '../../lib/record/counted.ts'
import { newRunId } from '../../lib/run/ownership.ts'
import { controlPlaneSeries } from '../../lib/workload/series/control-plane-series.ts'
import { nodeUsageSeries } from '../../lib/workload/series/node-series.ts'
import type { Context } from '../command.ts'
import { concernOfPods, confirm } from '../confirm.ts'
import { describeCluster } from '../describe-cluster.ts'
import { type Measurement, type MeasureSession, runMeasurement } from '../measure.ts'
import { describeProgress, describeSlices, describeStep, describeWork } from './describe.ts'
import { dryRunOnServer, printPlan } from './dry-run.ts'
import type { CesCompareOptions } from './options.ts'
import { renderCesCompare } from './render.ts'
import { type CesCompareRequest, cesCompareRequest } from './request.ts'

export async function runCesCompareCommand(options: CesCompareOptions, context: Context): Promise<number> {
  const request = cesCompareRequest(options)
  if (options.dryRun === 'client') return printPlan(request.work(newRunId(), ''), context)
  if (options.dryRun === 'server') return dryRunOnServer(request.work(newRunId(), ''), options, context)
  return runMeasurement(
    {
      kind: 'ces-compare',
      apiConnections: options.connections,
      render: renderCesCompare,
      series: { queries: [...controlPlaneSeries, ...nodeUsageSeries] },
      measure: (session) => measure(request, options, session, context),
    },
    options,
    context,
  )
}

async function measure(
  request: CesCompareRequest,
  options: CesCompareOptions,
  session: MeasureSession,
  context: Context,
): Promise<Measurement> {
  const { client, runId, cluster, progress, signal } = session
  const detection = await detectSlices(client, cluster.nodes, signal)
  const cleanUpCommand = session.cleanUpCommand()
  const plan: CesPlan = { detection, timeoutMs: request.timeoutMs, work: request.work(runId, cleanUpCommand) }
  await requirePermissions(client, loadPermissions(plan), signal, ['--observe-only', RIGHTS])
  requireComparison(detection)
  await confirmLoad(plan, options, context)
  progress.note(`${describeCluster(cluster)} ${describeWork(plan.work)} Run ${runId}.`)
  progress.note(describeSlices(detection))
  if (plan.work.kind === 'load') await session.willCreate(cleanUpCommand)
  const run = await follow(plan, session)
  const { metrics, findings, details, outcome } = assess(run, plan, {
    nodes: request.nodes,
    wasAborted: signal.aborted,
  })
  const removal = run.slicesLeft.length === 0 ? cleanUpCommand : removalOf(run.slicesLeft)
  return {
    phases: run.phases,
    metrics,
    findings,
    details: { connections: client.statistics().connections, cleanUpCommand: removal, ...details },
    outcome,
  }
}

async function follow(plan: CesPlan, { client, progress, signal }: MeasureSession) {
  let phase = ''
  try {
    return await runCesCompare(client, plan, {
      signal,
      onProgress(state) {
        if (state.phase !== phase) progress.step(describeStep(state))
        else progress.update(describeProgress(state))
        phase = state.phase
      },
    })
  } finally {
    progress.stop()
  }
}

async function confirmLoad({ work }: CesPlan, options: CesCompareOptions, context: Context): Promise<void> {
  if (work.kind === 'observe') return
  const { count } = work.size
  if (work.of.kind === 'endpoints') {
    const what = `This creates ${counted(count, 'CiliumEndpoint')} without pods.`
    const why = `Every Cilium agent of the cluster learns their addresses, all of ${ADDRESS_RANGE}, until they are removed.`
    await confirm(`${what} ${why}`, options.yes, context)
    return
  }
  const concern = concernOfPods(count)
  if (concern !== undefined) await confirm(concern, options.yes, context)
}
