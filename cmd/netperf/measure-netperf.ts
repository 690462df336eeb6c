import { requirePermissions } from '../../lib/kube/preflight.ts'
import type { AssessmentOptions } from '../../lib/netperf/assessment/assessment.ts'
import { netperfMetrics } from '../../lib/netperf/assessment/figures/netperf-metrics.ts'
import { sampleFigures } from '../../lib/netperf/assessment/figures/sample-figures.ts'
import { netperfFindings, netperfOutcome } from '../../lib/netperf/assessment/findings/netperf-findings.ts'
import { netperfDetails } from '../../lib/netperf/assessment/rows/netperf-details.ts'
import { firstIpFamily } from '../../lib/netperf/facts/first-ip-family.ts'
import type { NetperfPlan } from '../../lib/netperf/netperf-plan.ts'
import type { NetperfRun } from '../../lib/netperf/netperf-run.ts'
import { netperfPermissions } from '../../lib/netperf/permissions.ts'
import { checkPlacements, usableNodes } from '../../lib/netperf/pods/usable-nodes.ts'
import { runNetperf } from '../../lib/netperf/run-netperf.ts'
import { counted } from '../../lib/record/counted.ts'
import type { RunScope } from '../../lib/run/run-scope.ts'
import { requireNamespace } from '../../lib/workload/namespaces.ts'
import { readNodes } from '../../lib/workload/nodes/read-nodes.ts'
import type { Context } from '../command.ts'
import { confirm } from '../confirm.ts'
import { describeCluster } from '../describe-cluster.ts'
import type { Measurement, MeasureSession } from '../measure.ts'
import { concernOf, describeEstimate, type Estimate, estimateRun } from './estimate.ts'
import { followProgress } from './progress.ts'
import type { NetperfRequest } from './request.ts'

/** A run of netperf that is over. */
export interface NetperfResult {
  readonly run: NetperfRun
  readonly assessment: AssessmentOptions
  readonly cleanUpCommand: string
}

/** Asks where it has to, sends the traffic that a request asks for, and says what it came to. */
export async function measureNetperf(
  request: NetperfRequest,
  options: { readonly yes: boolean },
  session: MeasureSession,
  context: Context,
): Promise<Measurement> {
  return netperfMeasurement(await sendTraffic(request, options, session, context), session)
}

/** What a run, or the part of it that is about some of its tests, comes to. */
export function netperfMeasurement(
  { run, assessment, cleanUpCommand }: NetperfResult,
  { client }: Pick<MeasureSession, 'client'>,
): Measurement {
  return {
    phases: run.phases,
    metrics: netperfMetrics(run, assessment),
    findings: netperfFindings(run, assessment),
    details: { connections: client.statistics().connections, cleanUpCommand, ...netperfDetails(run, assessment) },
    outcome: netperfOutcome(run, assessment),
  }
}

/** Asks where it has to, and sends the traffic that a request asks for. */
export async function sendTraffic(
  request: NetperfRequest,
  options: { readonly yes: boolean },
  session: MeasureSession,
  context: Context,
): Promise<NetperfResult> {
  const { client, runId, progress, signal } = session
  const scope = request.scope(runId, client.namespace)
  await requireNamespace(client, scope, signal)
  const nodes = await readNodes(client, signal)
  const cleanUpCommand = session.cleanUpCommand(scope.kind === 'existing-namespace' ? scope.namespace : undefined)
  const families = request.ipFamilies ?? [firstIpFamily(nodes)]
  const plan: NetperfPlan = { ...request.planFor(families), scope, cleanUpCommand }
  // A placement that is not possible is said before anything else.
  checkPlacements(nodes, plan)
  const estimate = estimateRun(plan, nodes === undefined ? undefined : usableNodes(nodes, plan).length)
  const concern = concernOf(estimate)
  if (concern !== undefined) await confirm(concern, options.yes, context)
  await requirePermissions(client, netperfPermissions(plan), signal, permissionAdvice(scope))
  announce(plan, estimate, request, session)
  await session.willCreate(cleanUpCommand)
  const follower = followProgress(progress, plan, estimate, context.clock)
  try {
    const run = await runNetperf(client, plan, {
      signal,
      onProgress: (state) => follower.onProgress(state),
      onSample(sample, run) {
        follower.onSample(sample, run)
        for (const { metric, labels, value } of sampleFigures(sample, run)) {
          session.sample(metric, labels, sample.startedMs, value)
        }
      },
    })
    const { linkBitsPerSecond } = request
    const assessment: AssessmentOptions = {
      samples: plan.samples,
      ...(linkBitsPerSecond === undefined ? {} : { linkBitsPerSecond }),
      wasAborted: signal.aborted,
    }
    return { run, assessment, cleanUpCommand }
  } finally {
    follower[Symbol.dispose]()
  }
}

/** What will happen, before it does. */
function announce(
  plan: NetperfPlan,
  estimate: Estimate,
  { linkBitsPerSecond }: NetperfRequest,
  { cluster, progress, runId }: MeasureSession,
): void {
  progress.note(`${describeCluster(cluster)} ${describePods(plan)} Run ${runId}.`)
  progress.note(`${describeEstimate(estimate, linkBitsPerSecond)}.`)
}

function describePods({ arrangement, scope, keep }: NetperfPlan): string {
  const who =
    arrangement.kind === 'mesh'
      ? 'a pod on each node'
      : `${counted(arrangement.clients, 'client')} and ${counted(arrangement.servers, 'server')}`
  const where = scope.kind === 'existing-namespace' ? `namespace ${scope.namespace}` : 'a namespace of their own'
  return `Creating ${who} in ${where}; ${keep ? 'all kept' : 'all removed afterwards'}.`
}

function permissionAdvice({ kind }: RunScope): string[] {
  return kind === 'existing-namespace'
    ? ['apply docs/rbac/netperf-in-namespace.yaml']
    : ['--namespace NS --no-create-namespace', 'apply docs/rbac/netperf.yaml']
}
