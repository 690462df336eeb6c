import { UsageError } from '../../lib/errors/perf-error.ts'
import { requirePermissions } from '../../lib/kube/preflight.ts'
import { maxPodsDetailsOf } from '../../lib/maxpods/assessment/maxpods-details.ts'
import { maxPodsFindings } from '../../lib/maxpods/assessment/maxpods-findings.ts'
import { maxPodsMetrics } from '../../lib/maxpods/assessment/maxpods-metrics.ts'
import type { MaxPodsResult } from '../../lib/maxpods/assessment/maxpods-result.ts'
import { type CheckPlan, checkMaxPods } from '../../lib/maxpods/check-maxpods.ts'
import { takesPods } from '../../lib/maxpods/facts/node-facts.ts'
import { NEEDED, NEEDED_TO_VERIFY } from '../../lib/maxpods/permissions.ts'
import { type VerifyRun, verifyNode } from '../../lib/maxpods/verify/verify-node.ts'
import { runFailed } from '../../lib/run/run-failed.ts'
import { ownNamespaces } from '../../lib/run/run-scope.ts'
import { timedPhase } from '../../lib/run/timed-phase.ts'
import { checkImageReference, rewriteRegistry } from '../../lib/workload/images/image-reference.ts'
import { PAUSE_IMAGE } from '../../lib/workload/images/images.ts'
import { createQuantityReader } from '../../lib/workload/pods/pod-requests.ts'
import type { Context } from '../command.ts'
import { concernOfPods, confirm } from '../confirm.ts'
import { type Measurement, type MeasureSession, runMeasurement } from '../measure.ts'
import { API_CONNECTIONS } from '../shared-options.ts'
import type { MaxPodsCheckOptions } from './options.ts'
import { renderMaxPods } from './render.ts'

/** A short --timeout is meant for the pods: the namespace gets what it takes to go on a busy cluster. */
const LEAST_CLEAN_UP_MS = 60_000

export async function runMaxPodsCheck(
  options: MaxPodsCheckOptions,
  context: Context,
  words: readonly string[],
): Promise<number> {
  const plan = checkPlan(options, words)
  const image = pauseImage(options)
  return runMeasurement(
    {
      kind: 'maxpods-check',
      apiConnections: API_CONNECTIONS,
      render: renderMaxPods(options),
      measure: (session) => measureMaxPods(plan, image, options, session, context),
    },
    options,
    context,
  )
}

/** @throws UsageError when options contradict each other */
export function checkPlan(options: MaxPodsCheckOptions, words: readonly string[]): CheckPlan {
  const { pods, cpu, memory, target, verify, selector, noKubelet, output } = options
  if (pods === undefined && (cpu !== undefined || memory !== undefined)) {
    throw new UsageError('--cpu and --memory are the size of the pods of --pods N, which is not given')
  }
  if (selector !== undefined && words.length > 0) {
    throw new UsageError('nodes are chosen by name or by -l, --selector, not by both')
  }
  if (verify && words.length !== 1) {
    throw new UsageError('--verify fills one node: name it', { advice: ['kubectl perf maxpods-check NODE --verify'] })
  }
  if (target !== undefined && output === 'name') {
    throw new UsageError('-o name prints names of nodes, and not what --target has to say')
  }
  const read = createQuantityReader()
  return {
    nodes: words,
    ...(selector === undefined ? {} : { selector }),
    asksKubelets: !noKubelet,
    ...(pods === undefined
      ? {}
      : { wanted: { count: pods, cpuMillis: read.cpuMillis(cpu), memoryBytes: read.memoryBytes(memory) } }),
    ...(target === undefined ? {} : { target }),
  }
}

/** @throws UsageError when --image-registry makes no valid name */
export function pauseImage({ imageRegistry }: MaxPodsCheckOptions): string {
  const image = imageRegistry === undefined ? PAUSE_IMAGE : rewriteRegistry(PAUSE_IMAGE, imageRegistry)
  checkImageReference(image)
  return image
}

/** Reads what a plan asks for, fills a node where the options say so, and says what it came to. */
export async function measureMaxPods(
  plan: CheckPlan,
  image: string,
  options: MaxPodsCheckOptions,
  session: MeasureSession,
  context: Context,
): Promise<Measurement> {
  const { client, progress, signal } = session
  const needed = options.verify ? NEEDED_TO_VERIFY : NEEDED
  await requirePermissions(client, needed, signal, ['apply docs/rbac/maxpods-check.yaml'])
  const phases: Measurement['phases'] = []
  progress.step('Reading nodes and pods')
  const result = await timedPhase(phases, 'read', (facts) => {
    const onPods = (pods: number) => progress.update(`Reading nodes and pods   ${pods} pods`)
    return checkMaxPods(client, plan, { signal, onPods }).then((read) => {
      facts.count = read.reports.length
      return read
    })
  })
  if (!options.verify) return measurementOf(result, phases)
  const cleanUpCommand = session.cleanUpCommand()
  const verified = await verify(result, image, options, { ...session, cleanUpCommand }, context)
  if (verified.verification !== undefined) result.verification = verified.verification
  return measurementOf(result, [...phases, ...verified.phases], verified, cleanUpCommand, signal)
}

async function verify(
  { reports: [report] }: MaxPodsResult,
  image: string,
  options: MaxPodsCheckOptions,
  session: Omit<MeasureSession, 'cleanUpCommand'> & { cleanUpCommand: string },
  context: Context,
): Promise<VerifyRun> {
  const { client, runId, progress, signal, cleanUpCommand } = session
  if (report?.limitedBy === undefined) throw new UsageError('--verify needs a node that says how many pods it takes')
  const { node, limitedBy, load } = report
  if (!takesPods(node)) {
    throw new UsageError(
      `--verify needs a node that takes pods: ${node.name} is ${node.state.ready ? 'cordoned' : 'not ready'}`,
    )
  }
  const room = Math.max(0, limitedBy.pods - load.running)
  const concern = concernOfPods(room)
  if (concern !== undefined) await confirm(concern, options.yes, context)
  progress.note(
    `Filling node ${node.name} with ${room} pods to ${limitedBy.pods} (${limitedBy.name}); all removed afterwards. Run ${runId}.`,
  )
  await session.willCreate(cleanUpCommand)
  let phase = ''
  return verifyNode(
    client,
    {
      scope: ownNamespaces(runId, 1),
      node: node.name,
      maximum: limitedBy.pods,
      image,
      keep: false,
      timeoutMs: options.timeout,
      cleanUpTimeoutMs: Math.max(options.timeout, LEAST_CLEAN_UP_MS),
      command: `kubectl perf maxpods-check ${node.name} --verify`,
      cleanUpCommand,
    },
    {
      signal,
      onProgress(state) {
        const text = `${state.phase}: ${state.done}/${state.total}`
        if (state.phase === phase) progress.update(text)
        else progress.step(state.phase)
        phase = state.phase
      },
    },
  )
}

function measurementOf(
  result: MaxPodsResult,
  phases: Measurement['phases'],
  run?: VerifyRun,
  cleanUpCommand?: string,
  signal?: AbortSignal,
): Measurement {
  const failed = run?.failure !== undefined && signal?.aborted !== true
  const left = run?.leftBehind ?? []
  const isNo = result.fit?.fits === false || result.verification?.proven === false
  return {
    phases,
    metrics: maxPodsMetrics(result),
    findings: [...(failed ? [runFailed(run?.failure)] : []), ...maxPodsFindings(result), ...left],
    details: { ...maxPodsDetailsOf(result), ...(cleanUpCommand === undefined ? {} : { cleanUpCommand }) },
    outcome: failed || left.length > 0 ? 'error' : isNo ? 'failed' : 'passed',
  }
}
