import { setTimeout as sleep } from 'node:timers/promises'
import type { Installation } from '../../../lib/cilium/agents/installation.ts'
import { metricsRoutes } from '../../../lib/cilium/agents/metrics-port.ts'
import type { CountingCost } from '../../../lib/cilium/agents/pinned-maps.ts'
import { assessMaps } from '../../../lib/cilium/maps/assess-maps.ts'
import { mapSeries } from '../../../lib/cilium/maps/map-series.ts'
import { type MapsReading, type ReadMapsOptions, readMaps, type Way } from '../../../lib/cilium/read-maps.ts'
import { PerfError, UsageError } from '../../../lib/errors/perf-error.ts'
import { requirePermissions } from '../../../lib/kube/preflight.ts'
import type { AgentReading } from '../../../lib/record/cilium-figures.ts'
import { counted } from '../../../lib/record/counted.ts'
import type { Finding, Phase } from '../../../lib/record/run-record.ts'
import { scale } from '../../../lib/report/scale.ts'
import { timedPhase } from '../../../lib/run/timed-phase.ts'
import type { Context } from '../../command.ts'
import { describeCluster } from '../../describe-cluster.ts'
import { refuseIdleOptions } from '../../idle-options.ts'
import { type Measurement, type MeasureSession, runMeasurement } from '../../measure.ts'
import { API_CONNECTIONS } from '../../shared-options.ts'
import { AGENT_ROLE, execPermissions, findAgents } from '../find-agents.ts'
import { checkLoad, hasLoad, measureLoad, requireAgents } from './load.ts'
import { mapFilter, requireMatch } from './map-filter.ts'
import { type CiliumMapsOptions, ciliumMapsOptions } from './options.ts'
import { readHeadroom } from './read-headroom.ts'
import { renderMaps } from './render.ts'

/** How maps filled up until now is worth more than the second in which they are read. */
const LOOK_BACK_MS = 3_600_000
/** While --watch runs, new agents are looked for so often; sooner where one has failed. */
const FIND_AGAIN_MS = 60_000

export async function runCiliumMaps(options: CiliumMapsOptions, context: Context): Promise<number> {
  if (options.deep && options.noExec) {
    throw new UsageError('--deep runs bpftool in the agents, and --no-exec forbids that: give one of them')
  }
  checkLoad(options)
  if (!options.watch && !hasLoad(options)) refuseIdleOptions(options, { interval: ciliumMapsOptions.interval }, 'watch')
  const { sort, perNode, advise, watch, interval } = options
  const isTerminal = options.outputFile === undefined && context.io.stdout.isTTY === true
  return runMeasurement(
    {
      kind: 'cilium-maps',
      apiConnections: API_CONNECTIONS,
      series: { queries: mapSeries, lookBackMs: LOOK_BACK_MS },
      render: (record, shown) => renderMaps(record, { ...shown, sort, perNode, advise, watch, interval, isTerminal }),
      measure: (session) => measure(options, session, context),
    },
    options,
    context,
  )
}

async function measure(options: CiliumMapsOptions, session: MeasureSession, context: Context): Promise<Measurement> {
  const phases: Phase[] = []
  session.progress.step('looking for Cilium agents')
  const installation = await timedPhase(phases, 'find agents', () => findAgents(options, session, !options.noExec))
  requireAgents(options, installation)
  if (installation.agents.length === 0) return readHeadroom(options.namespace, installation, session, phases)
  const way = await chooseWay(options, installation, session)
  announce(options, installation, session)
  const looking = { options, session, read: readOptions(options, way) }
  if (options.watch) return lookAgainAndAgain(looking, installation, context)
  const { measured, reading } = await look(looking, installation, phases, [])
  if (!hasLoad(options)) return measured
  return measureLoad(options, reading, {
    session,
    context,
    readMaps: (signal, previous) =>
      readMaps(session.client, installation, looking.read, { signal }, previous?.readings ?? []),
    assess: (last) => assess(looking, installation, phases, last),
  })
}

/** What is not allowed is said before any agent is asked. */
async function chooseWay(
  { noExec }: CiliumMapsOptions,
  { agents }: Installation,
  { client, signal, prometheus }: MeasureSession,
): Promise<Way> {
  if (noExec && prometheus !== undefined) return { kind: 'prometheus', prometheus }
  if (noExec) {
    const namespaces = [...new Set(agents.map(({ namespace }) => namespace))]
    return { kind: 'metrics', routes: await metricsRoutes(client, namespaces, signal, [AGENT_ROLE]) }
  }
  await requirePermissions(client, execPermissions(agents), signal, ['--no-exec', AGENT_ROLE])
  return { kind: 'exec' }
}

function readOptions({ timeout, deep, map }: CiliumMapsOptions, way: Way): ReadMapsOptions {
  return { way, timeoutMs: timeout, ...(deep ? { deep: { wantsMap: mapFilter(map) } } : {}) }
}

function announce(
  options: CiliumMapsOptions,
  { agents }: Installation,
  { cluster, progress, prometheus }: MeasureSession,
): void {
  const port =
    prometheus === undefined ? 'by the metrics that they serve' : `by what they told Prometheus ${prometheus.label}`
  const how = options.noExec ? port : 'by a command in each'
  const harm = hasLoad(options) ? '' : '; nothing is changed'
  progress.note(`${describeCluster(cluster)} Reading ${counted(agents.length, 'Cilium agent')} ${how}${harm}.`)
}

interface Looking {
  readonly options: CiliumMapsOptions
  readonly session: MeasureSession
  readonly read: ReadMapsOptions
}

interface Looked {
  readonly measured: Measurement
  readonly reading: MapsReading
}

async function look(
  { options, session, read }: Looking,
  installation: Installation,
  phases: Phase[],
  previous: readonly AgentReading[],
): Promise<Looked> {
  const { client, progress, signal } = session
  // Who watches sees the results come.
  if (previous.length === 0) progress.step(`reading ${counted(installation.agents.length, 'agent')}`)
  const reading = await timedPhase(phases, 'read agents', () =>
    readMaps(
      client,
      installation,
      read,
      {
        signal,
        onAgent: (done, total) => progress.update(`read ${done} of ${counted(total, 'agent')}`),
        onCounting(cost) {
          if (previous.length === 0) progress.note(describeCounting(cost))
        },
      },
      previous,
    ),
  )
  requireMatch(options.map, reading.readings)
  const measured = assess({ options, session }, installation, phases, reading)
  const readAtMs = performance.now()
  // With a load nothing may have begun in earnest.
  if (!hasLoad(options)) await session.willSample()
  for (const { name, labels, statistics } of measured.metrics) {
    if (statistics.value !== undefined) session.sample(name, labels, readAtMs, statistics.value)
  }
  return { measured, reading }
}

function describeCounting({ maps, nodes, mostEntriesOfNode, mostSecondsOfNode }: CountingCost): string {
  const most = scale(Math.max(1, Math.ceil(mostSecondsOfNode)), 's')
  return `Counting the entries of ${counted(maps, 'map')} on ${counted(nodes, 'node')}: up to ${mostEntriesOfNode} entries on one, at most about ${most} of a core there.`
}

/** What one read of all agents comes to. */
function assess(
  { options, session }: Pick<Looking, 'options' | 'session'>,
  installation: Installation,
  phases: Phase[],
  { readings, failures, uncounted = [] }: MapsReading,
): Measurement {
  const assessed = assessMaps({ readings, failures, advise: options.advise, wantsMap: mapFilter(options.map) })
  return {
    phases,
    metrics: assessed.metrics,
    findings: [...assessed.findings, ...notCounted(uncounted), ...installation.findings],
    details: { connections: session.client.statistics().connections, ...assessed.details },
    outcome: assessed.outcome,
  }
}

function notCounted(maps: readonly string[]): Finding[] {
  if (maps.length === 0) return []
  return [
    {
      severity: 'warning',
      code: 'MapsNotCounted',
      message: `the entries of ${counted(maps.length, 'map')} could not be counted: ${maps.join(', ')}`,
      advice: 'give it more time with --timeout',
      objects: [...maps],
    },
  ]
}

/** Looks until it is interrupted. What fails in between is said, and tried again the next time. */
async function lookAgainAndAgain(looking: Looking, first: Installation, { clock }: Context): Promise<Measurement> {
  const { options, session } = looking
  const { progress, signal } = session
  let installation = first
  let foundMs = clock.monotonicMs()
  let last: Looked | undefined
  let known: readonly AgentReading[] = []
  for (;;) {
    const beganMs = clock.monotonicMs()
    try {
      if ((last?.reading.failures.length ?? 0) > 0 || beganMs - foundMs >= FIND_AGAIN_MS) {
        installation = await findAgents(options, session, !options.noExec)
        foundMs = beganMs
      }
      last = await look(looking, installation, [], known)
      known = latest(known, last.reading.readings)
      await session.show(last.measured)
    } catch (error) {
      if (last === undefined || (!signal.aborted && !(error instanceof PerfError))) throw error
      if (!signal.aborted) progress.note((error as PerfError).message)
    }
    const pauseMs = Math.max(0, options.interval - (clock.monotonicMs() - beganMs))
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return { ...last.measured, isShown: true }
  }
}

/** Also of nodes whose agent was not read this time, so that the next read goes on from there. */
function latest(known: readonly AgentReading[], read: readonly AgentReading[]): readonly AgentReading[] {
  const keyOf = ({ agent }: AgentReading) => `${agent.namespace}/${agent.node}`
  const keys = new Set(read.map(keyOf))
  return [...known.filter((reading) => !keys.has(keyOf(reading))), ...read]
}
