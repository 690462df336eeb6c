import type { KubeClient } from '../kube/client.ts'
import { pause } from '../kube/pause.ts'
import { lateSignal } from '../run/late-signal.ts'
import { startHeartbeat } from '../run/run-beacon.ts'
import { type Clock, readServerClock } from '../run/server-clock.ts'
import { timedPhase } from '../run/timed-phase.ts'
import { observeServer } from '../workload/control-plane/server-metrics-observer.ts'
import { sampleNodeUsage } from '../workload/nodes/node-usage-sampler.ts'
import { logRequests } from '../workload/request-log.ts'
import type { CesPlan, LoadWork } from './ces-plan.ts'
import type { CesHost, CesRun } from './ces-run.ts'
import { cleanUpLoad } from './clean-up-load.ts'
import { whyMeasuredOrNot } from './detection/detect-slices.ts'
import { prepareLoad } from './load/prepare-load.ts'
import { runStep } from './load/run-step.ts'
import { decide, eventProgress, isMeasured, unsettled } from './load/settle.ts'
import { takeInventory } from './measurement/take-inventory.ts'
import { readWatchCounters } from './measurement/watch-counters.ts'
import { followWriteLatency } from './measurement/write-latency.ts'
import { observeKinds } from './observation/observe-kinds.ts'
import type { CesSession } from './session.ts'

/** From 1.20 on a slice carries the uids of pods. */
const FIRST_WITH_POD_UID = 20
const POLL_MS = 100

/**
 * Watches endpoints and slices while the load of the plan runs, or while nothing is done but observed, and removes what
 * it has made, also when it fails or is stopped.
 * @throws what keeps it from beginning to watch; what goes wrong later stands in the run
 */
export async function runCesCompare(client: KubeClient, plan: CesPlan, host: CesHost): Promise<CesRun> {
  const { detection, work } = plan
  const { readable, resources, rules, minor } = detection
  const writeLatency = followWriteLatency(client)
  const observation = await observeKinds(client, {
    resources: Object.fromEntries(Object.entries(resources).filter(([kind]) => readable.has(kind as 'cep' | 'ces'))),
    isMeasured: isMeasured(plan),
    rules,
    carriesPodUid: minor === undefined || minor >= FIRST_WITH_POD_UID,
    writeMs: () => writeLatency.current(),
    signal: host.signal,
  })
  const { tracker, originMs, relists } = observation
  const isOn = detection.slices !== 'off' && readable.has('ces')
  const run: CesRun = {
    phases: [],
    steps: [],
    originMs,
    slices: isOn ? 'measured' : 'simulated',
    because: whyMeasuredOrNot(detection),
    propagation: tracker.propagation,
    relists,
    requests: [],
    instruments: [],
    findings: [],
    leftBehind: [],
    slicesLeft: [],
  }
  const signal = AbortSignal.any([host.signal, observation.failed])
  const session: CesSession = { client, plan, host, run, observation, signal, lateSignal: lateSignal(signal) }
  const clock = await readServerClock(client, host.signal)
  const heartbeat = work.kind === 'load' ? startHeartbeat(client, work.scope, clock) : undefined
  const requests = logRequests(client)
  try {
    await withInstruments(session, () =>
      work.kind === 'observe' ? observe(session, work.durationMs) : carryOutLoad(session, work, clock),
    )
  } catch (error) {
    run.failure = observation.failed.aborted ? observation.failed.reason : error
  } finally {
    run.requests = requests.metrics()
    requests[Symbol.dispose]()
    writeLatency[Symbol.dispose]()
    if (work.kind === 'load' && !work.keep) await cleanUpLoad(session, work)
    await heartbeat?.[Symbol.asyncDispose]()
    run.resourceVersions = observation.resourceVersions()
    await observation[Symbol.asyncDispose]()
  }
  return run
}

/** What the cluster tells of itself before and after; it goes on where the work fails. */
async function withInstruments({ client, run, signal }: CesSession, work: () => Promise<void>): Promise<void> {
  const counters = await readWatchCounters(client, signal)
  const usage = await sampleNodeUsage(client, signal)
  try {
    await work()
  } finally {
    if (!signal.aborted) {
      const [watched, used] = await Promise.all([counters.read(), usage.read()])
      if (watched.counters !== undefined) run.counters = watched.counters
      run.instruments.push(...used.metrics)
      run.findings.push(...watched.findings, ...used.findings)
    }
    await Promise.all([counters.stop(), usage.stop()])
  }
}

async function observe(session: CesSession, durationMs: number): Promise<void> {
  const { plan, run, host, observation, signal } = session
  const window = observation.beginWindow()
  const startedMs = performance.now()
  const endMs = startedMs + durationMs
  try {
    await timedPhase(run.phases, 'observe', () =>
      withServer(session, async () => {
        for (let nowMs = startedMs; nowMs < endMs; nowMs = performance.now()) {
          const done = Math.floor((nowMs - startedMs) / 1000)
          const total = Math.round(durationMs / 1000)
          host.onProgress({ phase: 'observe', done, total, events: eventProgress(session, window) })
          if (plan.detection.slices === 'undecided') decide(session, window, unsettled(session).waitedMs)
          await pause(Math.min(POLL_MS, endMs - nowMs), signal)
        }
      }),
    )
  } finally {
    run.steps.push({ name: 'observe', startedMs, endedMs: performance.now(), window, ...unsettled(session) })
  }
  run.inventory = await timedPhase(run.phases, 'list', () => takeInventory(session))
}

async function carryOutLoad(session: CesSession, work: LoadWork, clock: Clock): Promise<void> {
  const load = await prepareLoad(session, work, clock)
  try {
    const hasUpdate = load.steps.some(({ name }) => name === 'update')
    for (const step of load.steps) {
      if (work.keep && step.name === 'delete') continue
      const carryOut = () => runStep(session, work, step)
      // What label updates cost the API server is a question of its own.
      await (step.name === (hasUpdate ? 'update' : 'create') ? withServer(session, carryOut) : carryOut())
      if (step.name === 'create') {
        session.run.inventory = await timedPhase(session.run.phases, 'list', () => takeInventory(session))
      }
    }
  } finally {
    await load[Symbol.asyncDispose]()
  }
}

/** With what the API server itself counts meanwhile. */
async function withServer({ client, run, signal }: CesSession, work: () => Promise<void>): Promise<void> {
  const server = await observeServer(client, signal)
  try {
    await work()
    const { metrics, findings } = await server.read(signal)
    run.instruments.push(...metrics)
    run.findings.push(...findings)
  } finally {
    await server.stop()
  }
}
