import { PerfError } from '../../errors/perf-error.ts'
import type { Permission } from '../../kube/preflight.ts'
import { counted } from '../../record/counted.ts'
import type { Finding, Metric } from '../../record/run-record.ts'
import { PODS } from '../../run/resource.ts'
import type { RunScope } from '../../run/run-scope.ts'
import { timedPhase } from '../../run/timed-phase.ts'
import { sampledMetric, valueMetric } from '../../stats/metric.ts'
import type { ItemResult, ItemSession } from '../item.ts'
import { measureInScope, type Room, type Verdict } from '../probe/measure-in-scope.ts'
import { type Prober, withProbers } from '../probe/open-prober.ts'
import { basePermissions, secondsOfPods } from '../probe/permissions.ts'
import { chooseNodes } from '../probe/probe-nodes.ts'
import { makeProbePods, type ProbePod, type ProbePods } from '../probe/probe-pods.ts'
import { createEffectLog, type EffectLog } from './effect-log.ts'
import { failedRegenerations } from './failed-regenerations.ts'
import { type FirstConnection, firstConnection } from './first-connection.ts'
import type { NetworkPolicyParameters, Regenerations } from './network-policy-parameters.ts'
import { CONTROL, createPolicy, GUARDED, NETWORK_POLICIES } from './policies.ts'
import { clientsOf, runTrials, type Trial, type Watcher } from './trial.ts'

/** What has been measured so far. */
interface Measured {
  readonly log: EffectLog
  readonly first: FirstConnection[]
  readonly findings: Finding[]
  readonly metrics: Metric[]
  isEnforced: boolean
}

/**
 * How long a NetworkPolicy takes to have its effect, when it is made and when it is deleted, and how soon a new pod that one
 * lets through has its first connection. Kubernetes cannot tell whether anybody enforces policies: one that denies everything
 * and changes nothing, while traffic flows, shows that nobody does.
 */
export async function measureNetworkPolicy(
  session: ItemSession,
  parameters: NetworkPolicyParameters,
): Promise<ItemResult> {
  const measured: Measured = { log: createEffectLog(), first: [], findings: [], metrics: [], isEnforced: true }
  return measureInScope(session, parameters, {
    resources: [PODS, NETWORK_POLICIES],
    assess: () => assess(measured, parameters),
    async measure(room) {
      const nodes = await chooseNodes(room.client, parameters, room.signal)
      measured.findings.push(...nodes.findings)
      const pods = await makeProbePods(room, parameters, nodes, [GUARDED, CONTROL])
      const before = await parameters.readRegenerations?.(room.signal)
      const verdict = await measureEffects(room, parameters, { pods, measured, onSample: session.onSample })
      if (verdict === undefined) await readRegenerations(room, parameters, { before, measured })
      return verdict
    },
  })
}

interface Work {
  readonly pods: ProbePods
  readonly measured: Measured
  readonly onSample: ItemSession['onSample']
}

async function measureEffects(
  room: Room,
  parameters: NetworkPolicyParameters,
  { pods: { clients, servers }, measured, onSample }: Work,
): Promise<Verdict | undefined> {
  const [guarded, control] = servers
  if (guarded === undefined || control === undefined) throw new RangeError('there are no two servers')
  const { repeats, firstConnections, limitMs } = parameters
  const twice = clients.flatMap((client) => [client, client])
  return withProbers(room, twice, async (probers) => {
    const watchers = clients.map((client, index): Watcher => {
      const [first, second] = probers.slice(2 * index, 2 * index + 2)
      if (first === undefined || second === undefined) throw new RangeError(`no probers on ${client.node}`)
      return { node: client.node, guarded: first, control: second }
    })
    const trial: Trial = { room, watchers, log: measured.log, limitMs, onSample }
    const verdict = await timedPhase(room.phases, 'policies', (facts) => {
      facts.count = repeats
      return runTrials(trial, { guarded, control }, repeats)
    })
    measured.isEnforced = verdict?.outcome !== 'not-applicable'
    const left = clientsOf(trial)
    // Where none is left, neither are the policies gone.
    if (verdict !== undefined || firstConnections === 0 || left.length === 0) return verdict
    await createPolicy(room, 'deny')
    await createPolicy(room, 'allow')
    await timedPhase(room.phases, 'first connections', (facts) => {
      facts.count = firstConnections
      return connectNewcomers(room, parameters, { probers: left.map((one) => one.control), guarded, measured })
    })
    return undefined
  })
}

/** One that gets no connection is told, and does not take the figures of the others away. */
async function connectNewcomers(
  room: Room,
  parameters: NetworkPolicyParameters,
  { probers, guarded, measured }: { probers: readonly Prober[]; guarded: ProbePod; measured: Measured },
): Promise<void> {
  const { firstConnections } = parameters
  for (let index = 0; index < firstConnections; index += 1) {
    room.onProgress({ phase: 'first connections', done: index, total: firstConnections })
    const prober = probers[index % probers.length]
    if (prober === undefined) return
    try {
      measured.first.push(await firstConnection(room, parameters, { prober, server: guarded, index }))
    } catch (error) {
      if (room.signal.aborted || !(error instanceof PerfError)) throw error
      measured.findings.push({ severity: 'error', code: 'NoFirstConnection', message: error.message })
      return
    }
  }
}

async function readRegenerations(
  { signal }: Room,
  { readRegenerations: read }: NetworkPolicyParameters,
  { before, measured }: { before: Regenerations | string | undefined; measured: Measured },
): Promise<void> {
  if (read === undefined || before === undefined) return
  const result = failedRegenerations(before, await read(signal))
  if (result === undefined) return
  if ('unknown' in result) {
    const message = `failed regenerations of endpoints were not counted: ${result.unknown}`
    measured.findings.push({ severity: 'info', code: 'RegenerationsUnknown', message })
    return
  }
  const origin = { source: 'cilium-agent' }
  measured.metrics.push(valueMetric('network_policy_failed_regenerations', result.share, origin))
}

function assess({ log, first, findings, metrics, isEnforced }: Measured, { limitMs }: NetworkPolicyParameters) {
  // A policy that nobody enforces is no fault of this or that node.
  if (!isEnforced) return { metrics: [], findings }
  const sampled = (since: 'created' | 'started', seconds: readonly number[]) =>
    sampledMetric('network_policy_first_connection_latency', seconds, {
      labels: { since },
      source: 'probe',
      resolution: Math.max(...first.map(({ resolutionSeconds }) => resolutionSeconds)),
    })
  const firstMetrics =
    first.length === 0
      ? []
      : [
          sampled(
            'created',
            first.map(({ sinceCreatedSeconds }) => sinceCreatedSeconds),
          ),
          sampled(
            'started',
            first.map(({ sinceStartedSeconds }) => sinceStartedSeconds),
          ),
        ]
  return {
    metrics: [...log.metrics(), ...firstMetrics, ...metrics],
    findings: [...findings, ...log.findings(limitMs)],
    ...(first.length === 0 ? {} : { details: { firstConnections: first } }),
  }
}

/** What it must be allowed to do. */
export function networkPolicyPermissions(scope: RunScope): Permission[] {
  return basePermissions(scope, [
    { resource: 'networkpolicies', group: 'networking.k8s.io', verbs: ['create', 'delete'] },
  ])
}

/** Wall seconds when all is well and policies are enforced. */
export function networkPolicyExpectedSeconds(parameters: NetworkPolicyParameters): number {
  const { repeats, firstConnections } = parameters
  return secondsOfPods(parameters) + repeats * SECONDS_PER_REPEAT + firstConnections * SECONDS_PER_NEWCOMER
}

const SECONDS_PER_REPEAT = 1.6
const SECONDS_PER_NEWCOMER = 1.6

/** What a run makes, for `--dry-run`. */
export function networkPolicyPlannedObjects({ nodes, firstConnections }: NetworkPolicyParameters): string[] {
  return [
    '1 namespace',
    `${counted(nodes, 'client pod')} at most, one on each node`,
    '2 server pods',
    `${counted(firstConnections, 'pod')} that a policy lets through`,
    '2 NetworkPolicies, again and again',
  ]
}
