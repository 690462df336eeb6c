import { pause } from '../../kube/pause.ts'
import { forEach } from '../../run/for-each.ts'
import { namespaceFor, objectName, type RunScope } from '../../run/run-scope.ts'
import { MeasurementFault } from '../measurement-fault.ts'
import type { NetperfPlan } from '../netperf-plan.ts'
import { addressOf, type Endpoint, type ServerProcess, type Target } from '../pair.ts'
import type { NetperfSession } from '../session.ts'
import type { IpFamily, NetworkPath, TestCase } from '../test-case.ts'
import type { Arrangement } from './arrangement.ts'
import { POD_LABEL } from './traffic-pod.ts'
import type { WantedPod } from './wanted-pod.ts'

const CONCURRENCY = 10
const POLL_MS = 500

type ServicePath = Extract<NetworkPath, 'service' | 'nodeport' | 'loadbalancer'>

interface ServicePort {
  name: string
  protocol: string
  port: number
  targetPort: number
  nodePort?: number
}

interface ServiceObject {
  metadata: { name: string; resourceVersion?: string }
  spec: { clusterIP?: string; clusterIPs?: readonly string[]; ports?: ServicePort[] }
  status?: { loadBalancer?: { ingress?: readonly { ip?: string; hostname?: string }[] } }
}

/** Where clients find a server through its Services. */
export interface ServiceTargets {
  /** @throws MeasurementFault where there is no such way, as when nobody gave a load balancer its address */
  target(server: string, endpoint: Endpoint, process: ServerProcess, test: Pick<TestCase, 'path' | 'ipFamily'>): Target
}

/** Makes a Service of its own for each server pod and each path through one, and waits until they have addresses. */
export async function makeServices(session: NetperfSession, arrangement: Arrangement): Promise<ServiceTargets> {
  const made = new Map<string, ServiceObject>()
  const wanted = wantedServices(session.plan.tests, arrangement)
  let done = 0
  session.host.onProgress({ phase: 'services', total: wanted.length, done })
  await forEach(wanted, CONCURRENCY, session.signal, async (one) => {
    made.set(keyOf(one.pod.name, one.path, one.family), await makeService(session, one))
    done += 1
    session.host.onProgress({ phase: 'services', total: wanted.length, done })
  })
  return {
    target(server, endpoint, { port }, { path, ipFamily }) {
      const service = isServicePath(path) ? made.get(keyOf(server, path, ipFamily)) : undefined
      if (service === undefined) throw new RangeError(`no Service for ${server}`)
      return targetOf(service, path, endpoint, port, ipFamily)
    },
  }
}

/** Does the path go through a Service? */
export function isServicePath(path: NetworkPath): path is ServicePath {
  return path === 'service' || path === 'nodeport' || path === 'loadbalancer'
}

interface WantedService {
  pod: WantedPod
  path: ServicePath
  family: IpFamily
}

function wantedServices(tests: readonly TestCase[], { pods }: Arrangement): WantedService[] {
  const wanted = new Map<string, WantedService>()
  for (const { path, placement, ipFamily } of tests) {
    if (!isServicePath(path)) continue
    for (const pod of pods) {
      if (pod.role === 'client' || pod.placement !== placement || pod.hostNetwork) continue
      wanted.set(keyOf(pod.name, path, ipFamily), { pod, path, family: ipFamily })
    }
  }
  return [...wanted.values()]
}

function keyOf(pod: string, path: ServicePath, family: IpFamily): string {
  return `${pod}-${path}-v${family}`
}

/** The Services of a run, each as it is in the end. */
export function serviceManifests(
  { tests, scope }: Pick<NetperfPlan, 'tests' | 'scope'>,
  arrangement: Arrangement,
): object[] {
  return wantedServices(tests, arrangement).map((wanted) => serviceManifest(scope, wanted, portsOf(wanted.pod)))
}

function serviceManifest(scope: RunScope, { pod, path, family }: WantedService, ports: readonly ServicePort[]): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: objectName(scope, keyOf(pod.name, path, family)), labels: scope.labels },
    spec: {
      type: { service: 'ClusterIP', nodeport: 'NodePort', loadbalancer: 'LoadBalancer' }[path],
      selector: { ...scope.labels, [POD_LABEL]: pod.name },
      ipFamilies: [family === 4 ? 'IPv4' : 'IPv6'],
      ipFamilyPolicy: 'SingleStack',
      ports,
    },
  }
}

async function makeService(
  { client, plan, signal, lateSignal }: NetperfSession,
  wanted: WantedService,
): Promise<ServiceObject> {
  const collection = `/api/v1/namespaces/${namespaceFor(plan.scope, 0)}/services`
  const name = objectName(plan.scope, keyOf(wanted.pod.name, wanted.path, wanted.family))
  const ports = portsOf(wanted.pod)
  // A node port for UDP is to be that of TCP, which is not known yet.
  const first = wanted.path === 'nodeport' ? ports.filter(({ protocol }) => protocol === 'TCP') : ports
  const manifest = serviceManifest(plan.scope, wanted, first)
  const created = await client.create<ServiceObject>(collection, manifest, { signal: lateSignal })
  if (wanted.path === 'nodeport')
    return client.patch(`${collection}/${name}`, withUdp(created, ports), { signal: lateSignal })
  if (wanted.path === 'service') return created
  const deadlineMs = performance.now() + plan.timeoutMs
  let service = created
  while (loadBalancerAddress(service) === undefined && performance.now() < deadlineMs) {
    await pause(POLL_MS, signal)
    service = await client.getJson<ServiceObject>(`${collection}/${name}`, { signal })
  }
  return service
}

function portsOf({ containers }: WantedPod): ServicePort[] {
  return containers
    .flatMap(({ processes }) => processes)
    .flatMap(({ port }) => [port, port + 1])
    .flatMap((port) =>
      ['TCP', 'UDP'].map((protocol) => ({
        name: `${protocol.toLowerCase()}-${port}`,
        protocol,
        port,
        targetPort: port,
      })),
    )
}

/** The Service's ports with those of UDP, each under the node port that TCP has got. */
export function withUdp({ spec }: Pick<ServiceObject, 'spec'>, ports: readonly ServicePort[]): object {
  const given = spec.ports ?? []
  return {
    spec: {
      ports: ports.map((port) => {
        const nodePort = given.find((tcp) => tcp.port === port.port)?.nodePort
        return nodePort === undefined ? port : { ...port, nodePort }
      }),
    },
  }
}

function targetOf(service: ServiceObject, path: NetworkPath, server: Endpoint, port: number, family: IpFamily): Target {
  if (path === 'service') {
    const address = service.spec.clusterIP
    if (address === undefined)
      throw new MeasurementFault('NoRoute', `service ${service.metadata.name} has no cluster IP`)
    return { address, port, secondPort: port + 1 }
  }
  if (path === 'loadbalancer') {
    const address = loadBalancerAddress(service)
    if (address === undefined) {
      throw new MeasurementFault(
        'NoRoute',
        `service ${service.metadata.name} got no address from a load balancer within --timeout: does this cluster have one?`,
      )
    }
    return { address, port, secondPort: port + 1 }
  }
  const nodePort = (wanted: number) => service.spec.ports?.find((candidate) => candidate.port === wanted)?.nodePort
  const address = addressOf(server.nodeAddresses, family)
  const [first, second] = [nodePort(port), nodePort(port + 1)]
  if (address === undefined || first === undefined || second === undefined) {
    throw new MeasurementFault('NoRoute', `node ${server.node} has no IPv${family} address for a NodePort`)
  }
  return { address, port: first, secondPort: second }
}

function loadBalancerAddress({ status }: ServiceObject): string | undefined {
  const [ingress] = status?.loadBalancer?.ingress ?? []
  return ingress?.ip ?? ingress?.hostname
}
