import { densityDetailsOf } from '../../lib/density/assessment/density-details.ts'
import { densityFindings } from '../../lib/density/assessment/density-findings.ts'
import { densityMetrics } from '../../lib/density/assessment/density-metrics.ts'
import { isComplete } from '../../lib/density/assessment/measured-pods.ts'
import { combineRepeats } from '../../lib/density/assessment/repeats.ts'
import type { DensityPlan } from '../../lib/density/density-plan.ts'
import { densityPermissions } from '../../lib/density/permissions.ts'
import { findPreemption } from '../../lib/density/preemption.ts'
import { runDensity } from '../../lib/density/run-density.ts'
import { requirePermissions } from '../../lib/kube/preflight.ts'
import type { RunScope } from '../../lib/run/run-scope.ts'
import { requireNamespace } from '../../lib/workload/namespaces.ts'
import { watchFindings } from '../../lib/workload/watch-findings.ts'
import type { Context } from '../command.ts'
import { confirm } from '../confirm.ts'
import { describeCluster } from '../describe-cluster.ts'
import type { Measurement, MeasureSession } from '../measure.ts'
import type { DensityRequest } from './density-request.ts'
import { concernOfLoad, describePlan } from './describe-plan.ts'
import { describeProgress, describeStep } from './describe-progress.ts'
import type { DensityOptions } from './options.ts'

/** Asks where it has to, makes the load that a request asks for, as often as the options say, and says what it came to. */
export async function measureDensity(
  request: DensityRequest,
  options: DensityOptions,
  session: MeasureSession,
  context: Context,
): Promise<Measurement> {
  const runs: Measurement[] = []
  for (let number = 1; number <= options.repeat && !session.signal.aborted; number += 1) {
    if (options.repeat > 1) session.progress.note(`Run ${number} of ${options.repeat}:`)
    // Who has confirmed the first run has confirmed them all.
    runs.push(await measure(request, { ...options, yes: options.yes || number > 1 }, session, context))
    if (runs.at(-1)?.outcome !== 'passed') break
  }
  const [first, ...others] = runs
  if (first === undefined) throw session.signal.reason
  if (options.repeat === 1) return first
  return {
    ...combineRepeats(runs),
    details: { ...first.details, repeats: others.map(({ details }) => details) },
    outcome: runs.length === options.repeat && runs.every(({ outcome }) => outcome === 'passed') ? 'passed' : 'error',
  }
}

async function measure(
  request: DensityRequest,
  options: DensityOptions,
  session: MeasureSession,
  context: Context,
): Promise<Measurement> {
  const { client, runId, cluster, progress, signal } = session
  const scope = request.scope(runId, client.namespace)
  const load = await request.load(scope, async () => client, signal)
  const concern = concernOfLoad(load)
  if (concern !== undefined) await confirm(concern, options.yes, context)
  const cleanUpCommand = session.cleanUpCommand(scope.kind === 'existing-namespace' ? scope.namespace : undefined)
  const plan: DensityPlan = { ...request.plan, scope, load, cleanUpCommand }
  await requirePermissions(client, densityPermissions(plan), signal, permissionAdvice(scope, options))
  await requireNamespace(client, scope, signal)
  const preemption = await findPreemption(client, load, signal)
  progress.note(`${describeCluster(cluster)} ${describePlan(plan)} Run ${runId}.`)
  if (preemption?.severity === 'warning') progress.note(`Warning: ${preemption.message}`)
  await session.willCreate(cleanUpCommand)
  for (const warning of request.warnings) progress.note(`Warning: ${warning}`)
  const before = client.statistics()
  let phase = ''
  const run = await runDensity(client, plan, {
    signal,
    instruments: request.instruments,
    onMeasured: (metric, pod, atMs, value) =>
      session.sample(metric, { namespace: pod.namespace, pod: pod.name, node: pod.node ?? '' }, atMs, value),
    onProgress(state) {
      if (state.phase !== phase) progress.step(describeStep(state))
      else progress.update(describeProgress(state))
      phase = state.phase
    },
  })
  progress.stop()
  const metrics = densityMetrics(run)
  return {
    phases: run.phases,
    metrics,
    findings: [
      ...densityFindings(run, signal.aborted),
      ...(preemption === undefined ? [] : [preemption]),
      ...watchFindings(before, client.statistics()),
    ],
    details: Object.assign(
      { connections: client.statistics().connections, cleanUpCommand, ...densityDetailsOf(run) },
      ...run.readings.map(({ details }) => details ?? {}),
    ) as Record<string, unknown>,
    outcome: run.failure === undefined && run.leftBehind.length === 0 && isComplete(run) ? 'passed' : 'error',
  }
}

function permissionAdvice({ kind }: RunScope, { filename }: DensityOptions): string[] {
  if (kind === 'existing-namespace') return ['apply docs/rbac/density-in-namespace.yaml']
  return filename === undefined
    ? ['--namespace NS --no-create-namespace', 'apply docs/rbac/density.yaml']
    : [`apply docs/rbac/density.yaml, with rules for the other kinds of ${filename}`]
}
