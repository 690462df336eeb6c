import { PerfError } from '../../errors/perf-error.ts'
import { runInPod } from '../../kube/streams/run-in-pod.ts'
import { forEach } from '../../run/for-each.ts'
import { MeasurementFault } from '../measurement-fault.ts'
import { addressOf, type Endpoint, type Pair, type Target } from '../pair.ts'
import type { Arrangement } from '../pods/arrangement.ts'
import type { WantedContainer } from '../pods/wanted-pod.ts'
import type { Ways } from '../pods/ways.ts'
import type { NetperfSession } from '../session.ts'
import type { IpFamily } from '../test-case.ts'
import { readClusterNetwork } from './cluster-network.ts'
import { findPathMtu } from './path-mtu.ts'
import { bandwidthLimits, FACTS_SCRIPT, readPodFacts } from './pod-facts.ts'

const CONCURRENCY = 20
const EXEC_TIMEOUT_MS = 30_000

/**
 * Finds out what stands beside the figures: of each pod, of the way between each two nodes, of the cluster. What cannot
 * be found out is left out: no measurement fails for it.
 */
export async function gatherFacts(session: NetperfSession, arrangement: Arrangement, ways: Ways): Promise<void> {
  await Promise.all([gatherClusterFacts(session), gatherPodFacts(session, arrangement)])
  await findPathMtus(session, arrangement, ways)
}

async function gatherClusterFacts({ client, run, plan, signal }: NetperfSession): Promise<void> {
  const families = new Set(plan.tests.map(({ ipFamily }) => ipFamily))
  await unlessStopped(signal, async () => {
    run.clusterFacts = await readClusterNetwork(client, families, signal)
  })
}

async function gatherPodFacts(session: NetperfSession, arrangement: Arrangement): Promise<void> {
  const { client, run, plan, pods, signal } = session
  // Of a node with several interfaces, that one counts which the traffic takes.
  const family = plan.tests.some(({ ipFamily }) => ipFamily === 4) ? 4 : 6
  const way = ({ addresses }: Endpoint) => addressOf(addresses, family) ?? addresses[0]
  const looked = new Set<string>()
  const looks = run.pairs.flatMap(({ index, client: from, server }) => {
    const wanted = arrangement.pairs[index]
    return [
      { endpoint: from, name: wanted?.client, to: way(server) },
      { endpoint: server, name: wanted?.server, to: way(from) },
    ]
  })
  await forEach(looks, CONCURRENCY, signal, async ({ endpoint, name, to }) => {
    const key = `${endpoint.namespace}/${endpoint.pod}`
    if (looked.has(key)) return
    looked.add(key)
    const object = pods.get(endpoint.namespace, endpoint.pod)?.pod
    const limits = object === undefined ? {} : bandwidthLimits(object)
    run.endpointFacts.set(key, limits)
    const container = arrangement.pods.find((pod) => pod.name === name)?.containers.find(({ hasShell }) => hasShell)
    if (container === undefined) return
    await unlessStopped(signal, async () => {
      const { namespace, pod } = endpoint
      const target = { namespace, pod, container: container.name }
      const { stdout } = await runInPod(client, target, ['sh', '-c', FACTS_SCRIPT], {
        signal,
        timeoutMs: EXEC_TIMEOUT_MS,
      })
      run.endpointFacts.set(key, { ...readPodFacts(stdout, to), ...limits })
    })
  })
}

/** Once for each two nodes, kind of network and IP family, between pods that have iperf3. */
async function findPathMtus(session: NetperfSession, arrangement: Arrangement, ways: Ways): Promise<void> {
  const { client, run, plan, signal } = session
  const done = new Set<string>()
  for (const [test, rounds] of arrangement.rounds) {
    const testCase = plan.tests[test]
    if (testCase?.engine !== 'iperf3') continue
    const { ipFamily } = testCase
    // Round by round: a server takes one client at a time.
    for (const round of rounds) {
      await Promise.all(
        round.map(async (index) => {
          const pair = run.pairs[index]
          const container = iperf3Container(arrangement, index)
          const target = pair === undefined ? undefined : directTarget(pair, ipFamily)
          if (pair === undefined || container === undefined || target === undefined) return
          if (ways.of(test, index) instanceof MeasurementFault) return
          const key = `${wayKey(pair)} ${ipFamily}`
          if (done.has(key)) return
          done.add(key)
          const { namespace, pod } = pair.client
          const interfaceBytes = run.endpointFacts.get(`${namespace}/${pod}`)?.mtuBytes
          if (interfaceBytes === undefined) return
          await unlessStopped(signal, async () => {
            const place = { namespace, pod, container: container.name }
            const bytes = await findPathMtu(client, place, { target, ipFamily }, interfaceBytes, signal)
            if (bytes !== undefined) run.pathMtus.push({ pair: index, bytes, interfaceBytes, ipFamily })
          })
        }),
      )
    }
  }
}

/** From pod to pod, whatever way the tests take. */
function directTarget({ server, processes }: Pair, family: IpFamily): Target | undefined {
  const address = addressOf(server.addresses, family)
  const port = processes.find(({ engine, ipFamily }) => engine === 'iperf3' && ipFamily === family)?.port
  return address === undefined || port === undefined ? undefined : { address, port, secondPort: port + 1 }
}

function wayKey({ client, server }: Pair): string {
  return `${client.node} ${client.hostNetwork} ${server.node} ${server.hostNetwork}`
}

function iperf3Container({ pods, pairs }: Arrangement, index: number): WantedContainer | undefined {
  const name = pairs[index]?.client
  return pods
    .find((pod) => pod.name === name)
    ?.containers.find(({ engines, hasShell }) => hasShell && engines.includes('iperf3'))
}

/** Goes on without what the cluster or a pod does not tell; a bug still throws. */
async function unlessStopped(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof PerfError)) throw error
  }
}
