import type { Installation } from '../../../lib/cilium/agents/installation.ts'
import { assessLoad } from '../../../lib/cilium/load/assess-load.ts'
import { concernOfLoad } from '../../../lib/cilium/load/concern.ts'
import { faultOfTiming, type LoadPlan } from '../../../lib/cilium/load/load-plan.ts'
import type { LoadProgress } from '../../../lib/cilium/load/load-run.ts'
import { loadPermissions } from '../../../lib/cilium/load/permissions.ts'
import { runLoad } from '../../../lib/cilium/load/run-load.ts'
import type { MapsReading } from '../../../lib/cilium/read-maps.ts'
import { PerfError, UsageError } from '../../../lib/errors/perf-error.ts'
import { requirePermissions } from '../../../lib/kube/preflight.ts'
import { scale } from '../../../lib/report/scale.ts'
import { ownNamespaces } from '../../../lib/run/run-scope.ts'
import { rewriteRegistry } from '../../../lib/workload/images/image-reference.ts'
import { FORTIO_IMAGE, NETWORK_PERF_IMAGE } from '../../../lib/workload/images/images.ts'
import type { Context } from '../../command.ts'
import { confirm } from '../../confirm.ts'
import { refuseIdleOptions } from '../../idle-options.ts'
import type { Measurement, MeasureSession } from '../../measure.ts'
import type { Progress } from '../../progress.ts'
import { worseOutcome } from '../../worse-outcome.ts'
import { loadOptions } from './load-options.ts'
import type { CiliumMapsOptions } from './options.ts'

/** For the pods of the load to be ready: their images may have to be pulled. */
const PODS_TIMEOUT_MS = 300_000
const CLEAN_UP_TIMEOUT_MS = 120_000

type LoadOptions = CiliumMapsOptions & { readonly load: number }

export interface LoadHost {
  readonly session: MeasureSession
  readonly context: Context
  readonly readMaps: (signal: AbortSignal, previous: MapsReading | undefined) => Promise<MapsReading>
  /** What one read of all agents comes to. */
  readonly assess: (reading: MapsReading) => Measurement
}

export function hasLoad(options: CiliumMapsOptions): options is LoadOptions {
  return options.load !== undefined
}

/** @throws UsageError for what does not go together, before anything is connected */
export function checkLoad(options: CiliumMapsOptions): void {
  if (!hasLoad(options)) {
    refuseIdleOptions(options, loadOptions, 'load')
    return
  }
  if (options.watch) {
    throw new UsageError('--load reads the maps again and again itself: leave --watch out')
  }
  const fault = faultOfTiming({
    connections: options.load,
    ratePerSecond: options.loadRate,
    durationMs: options.loadDuration,
  })
  if (fault !== undefined)
    throw new UsageError(fault, { advice: ['a higher --load-rate, or a longer --load-duration'] })
}

/** @throws PerfError where there is no agent whose maps could grow */
export function requireAgents(options: CiliumMapsOptions, { agents, looked }: Installation): void {
  if (!hasLoad(options) || agents.length > 0) return
  throw new PerfError('--load shows how the maps of Cilium agents grow, and no agent was found', {
    advice: [...looked],
  })
}

/** Makes the connections and reads the maps while they last; what was read last is what the maps come to. */
export async function measureLoad(options: LoadOptions, before: MapsReading, host: LoadHost): Promise<Measurement> {
  const { session, context } = host
  const { client, runId, progress, signal } = session
  const cleanUpCommand = session.cleanUpCommand()
  const plan: LoadPlan = {
    scope: ownNamespaces(runId, 1),
    keep: options.keep,
    timeoutMs: PODS_TIMEOUT_MS,
    cleanUpTimeoutMs: CLEAN_UP_TIMEOUT_MS,
    command: `kubectl perf cilium maps --load ${options.load}`,
    cleanUpCommand,
    connections: options.load,
    ratePerSecond: options.loadRate,
    durationMs: options.loadDuration,
    intervalMs: options.interval,
    protocol: options.loadProtocol,
    kind: options.loadKind,
    clientImage: imageOf(NETWORK_PERF_IMAGE, options),
    serverImage: imageOf(FORTIO_IMAGE, options),
  }
  const concern = concernOfLoad(plan, before.readings)
  if (concern !== undefined) await confirm(concern, options.yes, context)
  await requirePermissions(client, loadPermissions(plan), signal, ['apply docs/rbac/cilium-maps-load.yaml'])
  progress.note(
    `Opening ${plan.connections} ${plan.kind} ${plan.protocol} connections at ${plan.ratePerSecond}/s, for ${scale(plan.durationMs / 1000, 's')}, between pods in a namespace of their own; ${plan.keep ? 'all kept' : 'all removed afterwards'}. Run ${runId}.`,
  )
  await session.willCreate(cleanUpCommand)
  const run = await runLoad(client, plan, {
    signal,
    readMaps: host.readMaps,
    onProgress: followLoad(progress),
    onReading: (reading) => sampleMaps(reading, session),
  })
  const load = assessLoad(plan, run, signal.aborted)
  const last = host.assess(run.readings.at(-1) ?? before)
  return {
    phases: [...last.phases, ...run.phases],
    metrics: [...last.metrics, ...load.metrics],
    findings: [...load.findings, ...last.findings],
    details: { ...last.details, load: load.details, cleanUpCommand },
    outcome: worseOutcome(load.outcome, last.outcome),
  }
}

function imageOf(image: string, { imageRegistry }: CiliumMapsOptions): string {
  return imageRegistry === undefined ? image : rewriteRegistry(image, imageRegistry)
}

/** Of each read, what thresholds look at too. */
function sampleMaps({ readings }: MapsReading, session: MeasureSession): void {
  const nowMs = performance.now()
  for (const { agent, maps } of readings) {
    for (const { map, used, pressure } of maps) {
      const labels = { node: agent.node, map }
      if (used !== undefined) session.sample('load_map_entries', labels, nowMs, used)
      if (pressure !== undefined) session.sample('load_map_pressure', labels, nowMs, pressure)
    }
  }
}

const NOUNS: Readonly<Record<string, string>> = { pods: 'pods', load: 'connections' }

function followLoad(progress: Progress): (state: LoadProgress) => void {
  let phase = ''
  return (state) => {
    if (state.phase !== phase) progress.step(state.phase === 'load' ? `load (${state.total} connections)` : state.phase)
    phase = state.phase
    const noun = NOUNS[phase] === undefined ? '' : ` ${NOUNS[phase]}`
    const waiting = [...(state.waiting ?? [])].map(([reason, count]) => `${reason} ${count}`)
    const left = waiting.length === 0 ? '' : `   waiting: ${waiting.join(', ')}`
    progress.update(`${phase} ${state.done}/${state.total}${noun}${left}`)
  }
}
