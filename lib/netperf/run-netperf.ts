import { isApiError } from '../kube/api-error.ts'
import type { KubeClient } from '../kube/client.ts'
import { counted } from '../record/counted.ts'
import { lateSignal } from '../run/late-signal.ts'
import { collectionPath, PODS, type Resource, SERVICES } from '../run/resource.ts'
import { startHeartbeat } from '../run/run-beacon.ts'
import { namespaceFor, scopePath } from '../run/run-scope.ts'
import { readServerClock } from '../run/server-clock.ts'
import { timedPhase } from '../run/timed-phase.ts'
import { untilGone } from '../run/until-gone.ts'
import { readNodes } from '../workload/nodes/read-nodes.ts'
import { type WatchedPods, watchPods } from '../workload/pods/pod-watch.ts'
import { makeScope, removeScope } from '../workload/scope.ts'
import { MissingEngine } from './engines/missing-engine.ts'
import { substituteEngine } from './engines/substitute-engine.ts'
import { gatherFacts } from './facts/gather-facts.ts'
import type { NetperfPlan } from './netperf-plan.ts'
import type { NetperfHost, NetperfRun } from './netperf-run.ts'
import type { Endpoint, Pair } from './pair.ts'
import { needsServices } from './permissions.ts'
import { type Arrangement, arrange } from './pods/arrangement.ts'
import { checkFamilies } from './pods/check-families.ts'
import { checkPods } from './pods/check-pods.ts'
import { makePods } from './pods/make-pods.ts'
import { makeServices } from './pods/make-services.ts'
import { lostNodes } from './pods/node-fault.ts'
import { restartsOf } from './pods/pod-fault.ts'
import { checkPlacements, sharedZones, usableNodes } from './pods/usable-nodes.ts'
import { verifyPlacement } from './pods/verify-placement.ts'
import { findWays } from './pods/ways.ts'
import { openServerCounters, type ServerCounters } from './server-counters.ts'
import type { NetperfSession } from './session.ts'
import type { Traffic } from './traffic/sample-context.ts'
import { takeSample } from './traffic/take-sample.ts'

/** After so many samples without a single pair, the rest of a test is not worth its time. */
const MOST_LOST_SAMPLES = 2

/**
 * Makes the pods that the plan's tests need, sends traffic between them, sample by sample over all tests, and removes
 * everything, also when it fails or is stopped.
 * @throws PerfError before anything is made, when the nodes cannot carry the plan; what goes wrong later stands in the run
 */
export async function runNetperf(client: KubeClient, plan: NetperfPlan, host: NetperfHost): Promise<NetperfRun> {
  const nodes = await readNodes(client, host.signal)
  const findings = checkPlacements(nodes, plan)
  const usable = nodes === undefined ? [] : usableNodes(nodes, plan)
  const names = usable.map(({ name }) => name)
  const shared = sharedZones(usable)
  const arrangement = arrange(plan, names, shared)
  const zones = new Map(usable.map(({ name, zone }) => [name, zone]))
  const run: NetperfRun = {
    phases: [],
    tests: plan.tests,
    pairs: [],
    pairsOfTest: new Map(),
    samples: [],
    startSpreads: [],
    endpointFacts: new Map(),
    pathMtus: [],
    clusterFacts: {},
    findings,
    leftBehind: [],
  }
  const made = { resources: madeResources(plan), phases: run.phases, onProgress: host.onProgress }
  const clock = await readServerClock(client, host.signal)
  const heartbeat = startHeartbeat(client, plan.scope, clock)
  const watches: WatchedPods[] = []
  const watch = async () => {
    const pods = await watchPods(client, scopePath(plan.scope, 'pods'), plan.scope.selector, host.signal)
    watches.push(pods)
    return pods
  }
  const ended = new AbortController()
  try {
    let session: NetperfSession = {
      client,
      plan,
      host,
      run,
      pods: await watch(),
      signal: AbortSignal.any([host.signal, ended.signal]),
      lateSignal: lateSignal(host.signal),
    }
    await makeScope(client, plan, {
      ...made,
      clock,
      metadataOf: () => namespaceMetadata(plan),
      signal: session.signal,
      lateSignal: session.lateSignal,
    })
    const zoneOf = (node: string) => zones.get(node)
    const traffic = await prepare(session, arrangement, zoneOf).catch(async (error: unknown) => {
      const other = await makeRoomForOtherEngine(session, error)
      session = { ...session, plan: other, pods: await watch() }
      return prepare(session, arrange(other, names, shared), zoneOf)
    })
    await timedPhase(run.phases, 'traffic', () => takeSamples(session, traffic))
  } catch (error) {
    run.failure = error
  } finally {
    ended.abort(new Error('the run has ended'))
    if (!plan.keep) run.leftBehind = await removeScope(client, plan, made)
    if (!host.signal.aborted) run.findings.push(...(await lostNodes(client, run)))
    await heartbeat[Symbol.asyncDispose]()
    for (const pods of watches) await pods[Symbol.asyncDispose]()
  }
  return run
}

/**
 * Removes the pods whose image lacks an engine that the user does not insist on: others of the same names come.
 * @returns the plan with an engine that the image has
 * @throws the error where there is none, or the pods may not be deleted
 */
async function makeRoomForOtherEngine(session: NetperfSession, error: unknown): Promise<NetperfPlan> {
  const { client, plan, run, signal } = session
  const other = error instanceof MissingEngine ? substituteEngine(plan, error) : undefined
  if (other === undefined) throw error
  const { scope, timeoutMs } = plan
  const path = collectionPath(PODS, namespaceFor(scope, 0))
  const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  const remove = () => client.deleteCollection(path, { labelSelector: scope.selector, signal: limited })
  try {
    await untilGone(client, path, scope.selector, { signal: limited, remove })
  } catch (refusal) {
    // Without that right, what the image lacks is still the news.
    throw isApiError(refusal) && refusal.code === 403 ? error : refusal
  }
  run.tests = other.tests
  const { image, engine } = error as MissingEngine
  const message = `image ${image} has no ${engine}: iperf2's bounce-back measures instead`
  run.findings.push({ severity: 'info', code: 'EngineSubstituted', message })
  return other
}

/** What clean-up has to look for. */
export function madeResources(plan: Pick<NetperfPlan, 'tests'>): Resource[] {
  return needsServices(plan) ? [PODS, SERVICES] : [PODS]
}

/** Of the run's namespace: pods on the host network are privileged to Kubernetes' pod security. */
function namespaceMetadata({ tests }: NetperfPlan) {
  const labels: Record<string, string> = tests.some(({ path }) => path === 'host')
    ? { 'pod-security.kubernetes.io/enforce': 'privileged' }
    : {}
  return { labels, annotations: {} }
}

/** Everything up to the first traffic. */
async function prepare(
  session: NetperfSession,
  arrangement: Arrangement,
  zoneOf: (node: string) => string | undefined,
): Promise<Traffic> {
  const { run, plan } = session
  await timedPhase(run.phases, 'pods', async () => {
    const made = await makePods(session, arrangement.pods, zoneOf)
    run.pairs = pairsOf(arrangement, made)
    run.pairsOfTest = new Map([...arrangement.rounds].map(([test, rounds]) => [test, rounds.flat()]))
    for (const [test, pairs] of run.pairsOfTest) {
      const placement = plan.tests[test]?.placement ?? 'any'
      run.findings.push(
        ...verifyPlacement(
          placement,
          pairs.flatMap((index) => run.pairs[index] ?? []),
        ),
      )
    }
    checkFamilies(plan.tests, made.values())
    await checkPods(session, arrangement.pods, made)
  })
  const services = needsServices(plan)
    ? await timedPhase(run.phases, 'services', () => makeServices(session, arrangement))
    : undefined
  const ways = await timedPhase(run.phases, 'paths', async () => {
    const found = await findWays(session, arrangement, services)
    await gatherFacts(session, arrangement, found)
    return found
  })
  const counters = openCounters(session, arrangement)
  return { arrangement, ways, restarts: restartsOf(session.pods.all()), counters, stuck: new Set() }
}

/** One for each container of a server that has a shell; several engines may share it. */
function openCounters({ client, run, signal }: NetperfSession, { pods, pairs }: Arrangement): Traffic['counters'] {
  const counters = new Map<string, ServerCounters>()
  for (const { index, server: name } of pairs) {
    const server = run.pairs[index]?.server
    const containers = pods.find((pod) => pod.name === name)?.containers ?? []
    for (const { name: container, engines, hasShell } of containers) {
      if (server === undefined || !hasShell || engines.some((engine) => counters.has(`${server.pod} ${engine}`)))
        continue
      const opened = openServerCounters(client, { namespace: server.namespace, pod: server.pod, container }, signal)
      for (const engine of engines) counters.set(`${server.pod} ${engine}`, opened)
    }
  }
  return counters
}

function pairsOf({ pairs }: Arrangement, endpoints: ReadonlyMap<string, Endpoint>): Pair[] {
  return pairs.flatMap(({ index, client: clientName, server: serverName, processes }) => {
    const [client, server] = [endpoints.get(clientName), endpoints.get(serverName)]
    return client === undefined || server === undefined ? [] : [{ index, client, server, processes }]
  })
}

/** Sample by sample over all tests, so that what changes in the meantime changes all of them. */
async function takeSamples(session: NetperfSession, traffic: Traffic): Promise<void> {
  const { plan, run } = session
  const lost = plan.tests.map(() => 0)
  for (let sample = 0; sample < plan.samples; sample += 1) {
    for (const test of plan.tests.keys()) {
      if ((lost[test] ?? 0) >= MOST_LOST_SAMPLES) continue
      const measured = await takeSample(session, traffic, test, sample)
      lost[test] = measured === 0 ? (lost[test] ?? 0) + 1 : 0
    }
  }
  const skipped = lost.filter((count) => count >= MOST_LOST_SAMPLES).length
  if (skipped === 0 || plan.samples <= MOST_LOST_SAMPLES) return
  run.findings.push({
    severity: 'warning',
    code: 'SamplesSkipped',
    message: `${skipped} of ${counted(plan.tests.length, 'test')} ${skipped === 1 ? 'was' : 'were'} given up after ${MOST_LOST_SAMPLES} samples without a figure`,
  })
}
