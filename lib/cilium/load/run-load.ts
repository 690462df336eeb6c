import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeClient } from '../../kube/client.ts'
import { forEach } from '../../run/for-each.ts'
import { lateSignal } from '../../run/late-signal.ts'
import { PODS, SERVICES } from '../../run/resource.ts'
import { startHeartbeat } from '../../run/run-beacon.ts'
import { namespaceFor, scopePath } from '../../run/run-scope.ts'
import { readServerClock } from '../../run/server-clock.ts'
import { timedPhase } from '../../run/timed-phase.ts'
import { type WatchedPods, watchPods } from '../../workload/pods/pod-watch.ts'
import { isReady, untilPods } from '../../workload/pods/until-pods.ts'
import { makeScope, removeScope } from '../../workload/scope.ts'
import type { LoadPlan } from './load-plan.ts'
import { clientNames, LOAD_PORT, loadPods, loadService, serverNames } from './load-pods.ts'
import type { LoadHost, LoadRun } from './load-run.ts'
import { type LoadClients, prepareClients } from './run-clients.ts'

/** What clean-up has to look for. */
const RESOURCES = [PODS, SERVICES] as const
const CONCURRENCY = 10

interface LoadSession {
  client: KubeClient
  plan: LoadPlan
  host: LoadHost
  run: LoadRun
  pods: WatchedPods
  signal: AbortSignal
  lateSignal: AbortSignal
}

/**
 * Makes servers, a Service and clients, opens the connections, reads the maps of all agents meanwhile, and removes
 * everything, also when it fails or is stopped.
 * @throws what makes it impossible to begin; what goes wrong later stands in the run
 */
export async function runLoad(client: KubeClient, plan: LoadPlan, host: LoadHost): Promise<LoadRun> {
  const run: LoadRun = {
    phases: [],
    durationSeconds: 0,
    clients: [],
    servers: [],
    connections: [],
    readings: [],
    leftBehind: [],
  }
  const made = { resources: RESOURCES, phases: run.phases, onProgress: host.onProgress }
  const clock = await readServerClock(client, host.signal)
  const heartbeat = startHeartbeat(client, plan.scope, clock)
  const ended = new AbortController()
  let pods: WatchedPods | undefined
  try {
    pods = await watchPods(client, scopePath(plan.scope, 'pods'), plan.scope.selector, host.signal)
    const session: LoadSession = {
      client,
      plan,
      host,
      run,
      pods,
      signal: AbortSignal.any([host.signal, ended.signal]),
      lateSignal: lateSignal(host.signal),
    }
    await makeScope(client, plan, { ...made, clock, signal: session.signal, lateSignal: session.lateSignal })
    const address = await timedPhase(run.phases, 'pods', () => makePods(session))
    const clients = await timedPhase(run.phases, 'connect', () => reachServers(session, address))
    await timedPhase(run.phases, 'load', () => carryLoad(session, clients))
  } catch (error) {
    run.failure = error
  } finally {
    ended.abort(new Error('the load has ended'))
    if (!plan.keep) run.leftBehind = await removeScope(client, plan, made)
    await heartbeat[Symbol.asyncDispose]()
    await pods?.[Symbol.asyncDispose]()
  }
  return run
}

/** @returns the address of the Service */
async function makePods({ client, plan, host, run, pods, signal, lateSignal }: LoadSession): Promise<string> {
  const namespace = namespaceFor(plan.scope, 0)
  const collection = `/api/v1/namespaces/${namespace}`
  const { spec } = await client.create<{ spec: { clusterIP: string } }>(`${collection}/services`, loadService(plan), {
    signal: lateSignal,
  })
  await forEach(loadPods(plan), CONCURRENCY, signal, async (pod) => {
    await client.create(`${collection}/pods`, pod, { signal: lateSignal })
  })
  const names = [...serverNames(plan), ...clientNames(plan)]
  await untilPods({
    pods,
    namespace,
    names,
    isAsWanted: isReady,
    signal,
    limit: AbortSignal.timeout(plan.timeoutMs),
    timeoutMs: plan.timeoutMs,
    onWaiting(waiting, left) {
      host.onProgress({ phase: 'pods', total: names.length, done: names.length - left, waiting })
    },
    advise: (reason) =>
      /Image/.test(reason) ? 'name a registry that has the images with --image-registry' : undefined,
  })
  const placed = (pod: string) => ({ pod, node: pods.get(namespace, pod)?.pod.spec?.nodeName ?? '' })
  run.servers = serverNames(plan).map(placed)
  run.clients = clientNames(plan).map((pod) => ({ ...placed(pod), opened: 0, failed: 0 }))
  return spec.clusterIP
}

function reachServers({ client, plan, host, run, signal }: LoadSession, address: string): Promise<LoadClients> {
  const namespace = namespaceFor(plan.scope, 0)
  return prepareClients(client, plan, {
    address,
    port: LOAD_PORT,
    pods: run.clients.map(({ pod }) => ({ namespace, pod })),
    signal,
    onCount(counts) {
      run.clients = run.clients.map((known, index) => ({ ...known, ...counts[index] }))
      const opened = counts.reduce((sum, count) => sum + count.opened, 0)
      run.connections.push({ atMs: Date.now(), opened })
      host.onProgress({ phase: 'load', total: plan.connections, done: opened })
    },
  })
}

/** Reads the maps before, while the load lasts and a last time just before its end. */
async function carryLoad({ plan, host, run, signal }: LoadSession, clients: LoadClients): Promise<void> {
  const read = async () => {
    const reading = await host.readMaps(signal, run.readings.at(-1))
    run.readings.push(reading)
    host.onReading(reading)
  }
  host.onProgress({ phase: 'load', total: plan.connections, done: 0 })
  await read()
  const startedMs = performance.now()
  run.startedAtMs = Date.now()
  clients.start()
  const over = new AbortController()
  const done = clients.done.finally(() => {
    run.durationSeconds = (performance.now() - startedMs) / 1000
    over.abort()
  })
  done.catch(() => {})
  const ended = AbortSignal.any([over.signal, signal])
  for (let index = 1; !ended.aborted; index += 1) {
    const leftMs = startedMs + index * plan.intervalMs - performance.now()
    await sleep(Math.max(0, leftMs), undefined, { signal: ended }).catch(() => {})
    if (!signal.aborted) await read()
  }
  await done
}
