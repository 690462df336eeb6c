import type { Permission } from '../../kube/preflight.ts'
import { counted } from '../../record/counted.ts'
import type { Finding } from '../../record/run-record.ts'
import { collectionPath, PODS, SERVICES } from '../../run/resource.ts'
import type { RunScope } from '../../run/run-scope.ts'
import { timedPhase } from '../../run/timed-phase.ts'
import { type FoundDns, findDns } from '../dns/find-dns.ts'
import { clusterDomain } from '../dns/resolver-config.ts'
import type { ItemResult, ItemSession } from '../item.ts'
import { measureInScope, type Room } from '../probe/measure-in-scope.ts'
import { type Prober, withProbers } from '../probe/open-prober.ts'
import { basePermissions, secondsOfPods } from '../probe/permissions.ts'
import { chooseNodes } from '../probe/probe-nodes.ts'
import { makeProbePods, type ProbePod, type ProbePods } from '../probe/probe-pods.ts'
import { reach } from '../probe/reach.ts'
import { SERVICE_PORT, type ServiceObject, serviceManifest } from '../probe/service-object.ts'
import type { ServicesParameters } from './services-parameters.ts'
import { type ReadyEndpoints, watchEndpoints } from './watch-endpoints.ts'
import { createWayLog, type Way, type WayLog } from './way-log.ts'

const ROLE = 'echo'

/**
 * How long it takes until a new Service works: from its creation, and from its first ready endpoint, to the first connection
 * that a pod gets through its cluster address, its port on each node, and its name.
 */
export async function measureServices(session: ItemSession, parameters: ServicesParameters): Promise<ItemResult> {
  const log = createWayLog(parameters.limitMs)
  const findings: Finding[] = []
  const details: Record<string, unknown> = {}
  return measureInScope(session, parameters, {
    resources: [PODS, SERVICES],
    assess: () => ({ metrics: log.metrics(), findings: [...findings, ...log.findings()], details }),
    async measure(room) {
      const nodes = await chooseNodes(room.client, parameters, room.signal)
      findings.push(...nodes.findings)
      const pods = await makeProbePods(room, parameters, nodes, [ROLE])
      const domain = await domainOf(room, pods, findings, details)
      await measureWays({ room, parameters, pods, domain, log, onSample: session.onSample })
      return undefined
    },
  })
}

/** Undefined: there is no DNS. */
async function domainOf(
  room: Room,
  { clients: [client] }: ProbePods,
  findings: Finding[],
  details: Record<string, unknown>,
): Promise<string | undefined> {
  const dns: FoundDns =
    client === undefined
      ? { kind: 'none', outcome: 'no-data', reason: 'there is no client pod' }
      : await findDns(room, client)
  const domain = dns.kind === 'found' ? clusterDomain(dns.config) : undefined
  if (domain !== undefined) return domain
  const why = dns.kind === 'none' ? dns.reason : 'the search domains of pods do not tell the domain of the cluster'
  details.dns = why
  const severity = dns.kind === 'none' && dns.outcome === 'no-data' ? 'warning' : 'info'
  findings.push({ severity, code: 'NamesNotTried', message: `Services were not reached by name: ${why}` })
  return undefined
}

interface Work {
  readonly room: Room
  readonly parameters: ServicesParameters
  readonly pods: ProbePods
  readonly domain: string | undefined
  readonly log: WayLog
  readonly onSample: ItemSession['onSample']
}

async function measureWays(work: Work): Promise<void> {
  const { room, parameters, pods, domain } = work
  const perClient = domain === undefined ? 2 : 3
  const places = pods.clients.flatMap((client) => Array.from({ length: perClient }, () => client))
  const endpoints = await watchEndpoints(room)
  try {
    await withProbers(room, places, async (probers) => {
      const stations = pods.clients.map((client, index): Station => {
        const [address, nodePort, name] = probers.slice(index * perClient, (index + 1) * perClient)
        if (address === undefined || nodePort === undefined) throw new RangeError(`no prober for ${client.name}`)
        // Its neighbour's port: what a pod finds on its own node need not come from the network.
        const neighbour = pods.clients[(index + 1) % pods.clients.length] ?? client
        return { client, neighbour, address, nodePort, name }
      })
      await timedPhase(room.phases, 'services', async (facts) => {
        facts.count = parameters.repeats
        for (let repeat = 0; repeat < parameters.repeats; repeat += 1) {
          room.onProgress({ phase: 'services', done: repeat, total: parameters.repeats })
          await Promise.all(probers.map((prober) => prober.readClock()))
          await measureOne(work, stations, endpoints, repeat)
        }
      })
    })
  } finally {
    await endpoints[Symbol.asyncDispose]()
  }
}

/** A client with what tries each way from it. */
interface Station {
  readonly client: ProbePod
  readonly neighbour: ProbePod
  readonly address: Prober
  readonly nodePort: Prober
  readonly name: Prober | undefined
}

async function measureOne(
  { room, parameters, domain, log, onSample }: Work,
  stations: readonly Station[],
  endpoints: ReadyEndpoints,
  repeat: number,
): Promise<void> {
  const { client, namespace, lateSignal, signal } = room
  const manifest = serviceManifest(room, { name: `echo-${repeat}`, type: 'NodePort', role: ROLE })
  const services = collectionPath(SERVICES, namespace)
  const limit = AbortSignal.timeout(parameters.limitMs)
  const createdMs = performance.now()
  const { metadata, spec } = await client.create<ServiceObject>(services, manifest, { signal: lateSignal })
  const ready = endpoints.readyMs(metadata.name, AbortSignal.any([limit, signal]))
  ready.catch(() => {})
  const attempt = async (way: Way, prober: Prober, host: string | undefined, port: number | undefined) => {
    // One that did not work would take the whole limit of each Service to come.
    if (host === undefined || port === undefined || log.hasFailed(way)) return false
    const reached = await reach(prober, { host, port }, limit)
    await prober.pause()
    if (reached === undefined) {
      log.failed(way)
      return false
    }
    const seconds = log.reached(way, reached, { createdMs, endpointReadyMs: await ready })
    onSample?.('service_reachable_latency', { ...way, since: 'created' }, reached.atMs, seconds)
    return true
  }
  await Promise.all(
    stations.map(async ({ client: pod, neighbour, address, nodePort, name }) => {
      const nodePortWay: Way = { path: 'node-port', node: neighbour.node }
      const byNodePort = attempt(nodePortWay, nodePort, neighbour.hostAddress, spec.ports?.[0]?.nodePort)
      const works = await attempt({ path: 'cluster-ip', node: pod.node }, address, spec.clusterIP, SERVICE_PORT)
      // A name that is asked for before it is there is remembered as missing: no connection by it can come about
      // before there is one by the address, so nothing is lost by waiting for that.
      const host = `${metadata.name}.${namespace}.svc.${domain}.`
      if (works && name !== undefined) await attempt({ path: 'dns-name', node: pod.node }, name, host, SERVICE_PORT)
      await byNodePort
    }),
  )
  await client.delete(`${services}/${metadata.name}`, { signal })
}

/** What it must be allowed to do. */
export function servicesPermissions(scope: RunScope): Permission[] {
  return basePermissions(scope, [
    { resource: 'services', verbs: ['create', 'delete'] },
    { resource: 'endpointslices', group: 'discovery.k8s.io', verbs: ['list', 'watch'] },
  ])
}

/** Wall seconds when all is well. */
export function servicesExpectedSeconds(parameters: ServicesParameters): number {
  return secondsOfPods(parameters) + parameters.repeats * SECONDS_PER_SERVICE
}

const SECONDS_PER_SERVICE = 0.8

/** What a run makes, for `--dry-run`. */
export function servicesPlannedObjects({ nodes, repeats }: ServicesParameters): string[] {
  return [
    '1 namespace',
    `${counted(nodes, 'client pod')} at most, one on each node`,
    '1 server pod',
    counted(repeats, 'Service'),
  ]
}
