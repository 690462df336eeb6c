import type { Permission } from '../../kube/preflight.ts'
import { counted } from '../../record/counted.ts'
import type { Finding, Metric } from '../../record/run-record.ts'
import { collectionPath, PODS, SERVICES } from '../../run/resource.ts'
import type { RunScope } from '../../run/run-scope.ts'
import { timedPhase } from '../../run/timed-phase.ts'
import { sampledMetric } from '../../stats/metric.ts'
import type { ItemResult, ItemSession } from '../item.ts'
import { measureInScope, type Room, type Verdict } from '../probe/measure-in-scope.ts'
import { type Prober, withProbers } from '../probe/open-prober.ts'
import { basePermissions, secondsOfPods } from '../probe/permissions.ts'
import { chooseNodes } from '../probe/probe-nodes.ts'
import { makeProbePods } from '../probe/probe-pods.ts'
import { reach } from '../probe/reach.ts'
import { SERVICE_PORT, type ServiceObject, serviceManifest } from '../probe/service-object.ts'
import type { LoadBalancerParameters } from './load-balancer-parameters.ts'
import { findProvider, type ProviderEvidence, whatSpokeOf } from './provider-evidence.ts'
import { type WatchedService, watchService } from './watch-service.ts'

const ROLE = 'echo'
/** A watch shows a change within milliseconds. */
const WATCH_RESOLUTION_SECONDS = 0.001

/** What has been measured so far. */
interface Measured {
  readonly assignedSeconds: number[]
  readonly reachedSeconds: Map<string, number[]>
  resolutionSeconds: number
  readonly findings: Finding[]
  readonly details: Record<string, unknown>
}

/**
 * How long a Service of type LoadBalancer takes to get its address, and then until pods on each node get a connection to it.
 * Without a provider of load balancers it cannot be measured: nobody says so, so what would speak for one is looked for.
 */
export async function measureLoadBalancer(
  session: ItemSession,
  parameters: LoadBalancerParameters,
): Promise<ItemResult> {
  const measured: Measured = {
    assignedSeconds: [],
    reachedSeconds: new Map(),
    resolutionSeconds: 0,
    findings: [],
    details: {},
  }
  return measureInScope(session, parameters, {
    resources: [PODS, SERVICES],
    assess: () => ({ metrics: metricsOf(measured), findings: measured.findings, details: measured.details }),
    async measure(room) {
      const evidence = await findProvider(room.client, room.signal)
      measured.details.provider = evidence
      const nodes = await chooseNodes(room.client, parameters, room.signal)
      measured.findings.push(...nodes.findings)
      const { clients } = await makeProbePods(room, parameters, nodes, [ROLE])
      return withProbers(room, clients, (probers) =>
        timedPhase(room.phases, 'load balancer', async (facts) => {
          facts.count = parameters.repeats
          for (let repeat = 0; repeat < parameters.repeats; repeat += 1) {
            const verdict = await measureOne({ room, parameters, evidence, measured, session }, probers, repeat)
            if (verdict !== undefined) return verdict
          }
          return undefined
        }),
      )
    },
  })
}

interface Work {
  readonly room: Room
  readonly parameters: LoadBalancerParameters
  readonly evidence: ProviderEvidence
  readonly measured: Measured
  readonly session: ItemSession
}

async function measureOne(work: Work, probers: readonly Prober[], repeat: number): Promise<Verdict | undefined> {
  const { room, parameters, measured, session } = work
  const { client, namespace, signal, lateSignal, onProgress } = room
  await Promise.all(probers.map((prober) => prober.readClock()))
  const services = collectionPath(SERVICES, namespace)
  const manifest = serviceManifest(room, { name: `balanced-${repeat}`, type: 'LoadBalancer', role: ROLE })
  onProgress({ phase: 'waiting for an address', done: repeat, total: parameters.repeats })
  const createdMs = performance.now()
  const created = await client.create<ServiceObject>(services, manifest, { signal: lateSignal })
  const service = watchService(room, created)
  try {
    const assigned = await addressOf(service, work)
    if (!('host' in assigned)) return assigned
    const assignedSeconds = (assigned.seenMs - createdMs) / 1000
    measured.assignedSeconds.push(assignedSeconds)
    session.onSample?.('load_balancer_assigned_latency', {}, assigned.seenMs, assignedSeconds)
    onProgress({ phase: 'connecting to it', done: repeat, total: parameters.repeats })
    const limit = AbortSignal.timeout(parameters.limitMs)
    await Promise.all(
      probers.map(async (prober) => {
        const { node } = prober.pod
        const reached = await reach(prober, { host: assigned.host, port: SERVICE_PORT }, limit)
        await prober.pause()
        if (reached === undefined) {
          measured.findings.push(notReached(node, assigned.host, parameters.limitMs))
          return
        }
        const seconds = (reached.atMs - createdMs) / 1000
        measured.reachedSeconds.set(node, [...(measured.reachedSeconds.get(node) ?? []), seconds])
        measured.resolutionSeconds = Math.max(measured.resolutionSeconds, reached.resolutionSeconds)
        session.onSample?.('load_balancer_reachable_latency', { node }, reached.atMs, seconds)
      }),
    )
  } finally {
    await service[Symbol.asyncDispose]()
  }
  await client.delete(`${services}/${created.metadata.name}`, { signal })
  return undefined
}

interface Assigned {
  readonly host: string
  readonly seenMs: number
}

/** Waits for an address: shorter where nothing speaks of a provider, as long as nothing happens to the Service either. */
async function addressOf(service: WatchedService, { room, parameters, evidence }: Work): Promise<Assigned | Verdict> {
  const { limitMs, withoutProviderMs } = parameters
  const look = ({ status }: ServiceObject, seenMs: number): Assigned | undefined => {
    const [ingress] = status?.loadBalancer?.ingress ?? []
    const host = ingress?.ip ?? ingress?.hostname
    return host === undefined ? undefined : { host, seenMs }
  }
  const until = async (ms: number): Promise<Assigned | undefined> => {
    const limit = AbortSignal.timeout(Math.max(1, ms))
    try {
      return await service.until(look, AbortSignal.any([limit, room.signal]))
    } catch (error) {
      if (!limit.aborted || room.signal.aborted) throw error
      return undefined
    }
  }
  const first = evidence.found.length > 0 ? limitMs : Math.min(limitMs, withoutProviderMs)
  const early = await until(first)
  if (early !== undefined) return early
  const spoke = await whatSpokeOf(service.latest(), room)
  if (evidence.found.length === 0 && spoke.marks.length === 0) {
    const silence = spoke.areEventsSeen ? ' or reported an event of it' : ' (its events may not be listed)'
    const reason = `no provider of load balancers: a Service got no address within ${first / 1000}s, no controller has changed it${silence}, and there is ${evidence.missing.join(', ')}`
    return { outcome: 'not-applicable', reason }
  }
  const late = first < limitMs ? await until(limitMs - first) : undefined
  if (late !== undefined) return late
  const speaks = [...evidence.found, ...(await whatSpokeOf(service.latest(), room)).marks].join(', ')
  return {
    outcome: 'no-data',
    reason: `a Service got no address within ${limitMs / 1000}s, although this speaks for a provider: ${speaks}`,
  }
}

function notReached(node: string, host: string, limitMs: number): Finding {
  return {
    severity: 'error',
    code: 'LoadBalancerUnreachable',
    message: `the address ${host} was assigned, but a pod on ${node} got no connection to it within ${limitMs / 1000}s`,
    advice: 'some load balancers take no connections from inside of the cluster',
  }
}

function metricsOf({ assignedSeconds, reachedSeconds, resolutionSeconds }: Measured): Metric[] {
  const origin = { source: 'watch', resolution: WATCH_RESOLUTION_SECONDS }
  return [
    ...(assignedSeconds.length === 0 ? [] : [sampledMetric('load_balancer_assigned_latency', assignedSeconds, origin)]),
    ...[...reachedSeconds].map(([node, seconds]) =>
      sampledMetric('load_balancer_reachable_latency', seconds, {
        labels: { node },
        source: 'probe',
        resolution: resolutionSeconds,
      }),
    ),
  ]
}

/** What it must be allowed to do; what it looks at to find a provider, it does without where it may not. */
export function loadBalancerPermissions(scope: RunScope): Permission[] {
  return basePermissions(scope, [{ resource: 'services', verbs: ['create', 'delete', 'list', 'watch'] }])
}

/** Wall seconds when all is well, with a provider that takes two seconds; a cloud takes a minute or two. */
export function loadBalancerExpectedSeconds(parameters: LoadBalancerParameters): number {
  return secondsOfPods(parameters) + parameters.repeats * 3
}

/** What a run makes, for `--dry-run`. */
export function loadBalancerPlannedObjects({ nodes, repeats }: LoadBalancerParameters): string[] {
  return [
    '1 namespace',
    `${counted(nodes, 'client pod')} at most, one on each node`,
    '1 server pod',
    `${counted(repeats, 'Service')} of type LoadBalancer`,
  ]
}
