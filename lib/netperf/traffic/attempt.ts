import { percentText } from '../assessment/figures/figure-text.ts'
import type { ClientRequest, Engine, Pass } from '../engines/engine.ts'
import { MeasurementFault } from '../measurement-fault.ts'
import type { StartSpread } from '../netperf-run.ts'
import { execFault } from '../pods/pod-fault.ts'
import { containerOf } from '../pods/wanted-pod.ts'
import type { Reading } from '../reading.ts'
import type { ServerDifference } from '../server-counters.ts'
import { marginSeconds } from './longest-run.ts'
import type { PairState } from './pair-state.ts'
import type { SampleContext } from './sample-context.ts'
import { type ClientEnd, type ClientJob, releaseTogether } from './start-barrier.ts'

/** So busy, a node has no idle CPU to speak of. */
const FULL = 0.95

/** What one try between a pair has come to. */
interface Trial {
  readonly state: PairState
  readonly end: ClientEnd
  readonly result: Reading | MeasurementFault
  readonly server: ServerDifference
}

/** One try of one pass between several pairs at once. Nothing of it stands in their states before it is settled. */
export interface Attempt {
  readonly pass: Pass
  readonly trials: readonly Trial[]
  /** Absent: no client has started. */
  readonly spread?: StartSpread
}

export async function attempt(
  context: SampleContext,
  pass: Pass,
  states: readonly PairState[],
  how: (state: PairState) => Pick<ClientRequest, 'timing' | 'bitsPerSecond'>,
): Promise<Attempt> {
  const { session, traffic, test, engine, sample } = context
  const { run, host, plan, client, signal } = session
  if (states.length === 0) return { pass, trials: [] }
  const done = run.samples.length
  const total = plan.samples * [...run.pairsOfTest.values()].reduce((sum, pairs) => sum + pairs.length, 0)
  host.onProgress({ phase: 'traffic', total, done, traffic: { test, sample, pass, pairs: states.length } })
  const requests = states.map((state) => requestOf(context, pass, state, how(state)))
  const jobs = requests.map(({ state, request }) => jobOf(context, state, request, states.length))
  const countersOf = ({ pair }: PairState) => traffic.counters.get(`${pair.server.pod} ${engine.name}`)
  const counters = [...new Set(states.flatMap((state) => countersOf(state) ?? []))]
  const { ends, clients, spreadSeconds, resolutionSeconds } = await releaseTogether(client, jobs, signal, {
    before: () => Promise.all(counters.map((one) => one.mark('before'))),
    after: () => Promise.all(counters.map((one) => one.mark('after'))),
  })
  const trials = requests.flatMap(({ state, request }, index): Trial[] => {
    const end = ends[index]
    if (end === undefined) return []
    const server = countersOf(state)?.difference() ?? {}
    return [{ state, end, result: withCpu(resultOf(engine, state, request, end), state, end, server), server }]
  })
  if (clients === 0) return { pass, trials }
  return { pass, trials, spread: { test, sample, clients, seconds: spreadSeconds, resolutionSeconds } }
}

/** Was the server not free, or could the client not be started? Then there has been no traffic that says anything. */
export function didNotGetGoing({ end, result }: Trial): boolean {
  if (end.kind === 'failed') return !end.wasStarted
  return result instanceof MeasurementFault && ['ServerBusy', 'ConnectionRefused'].includes(result.code)
}

/** What an attempt has come to, into the states of its pairs. */
export function settle({ session: { run } }: SampleContext, { pass, trials, spread }: Attempt): void {
  if (spread !== undefined) run.startSpreads.push(spread)
  for (const { state, end, result, server } of trials) {
    state.server = server
    if (end.kind === 'ended') settleEnd(state, end)
    if (result instanceof MeasurementFault) state.fault = result
    else state.passes.set(pass, result)
  }
}

function settleEnd(state: PairState, { startedMs, cpu, throttling }: Extract<ClientEnd, { kind: 'ended' }>): void {
  if (state.passes.size === 0) state.startedMs = startedMs
  if (cpu !== undefined) state.cpu = cpu
  if (throttling === undefined) return
  const { periods = 0, seconds = 0 } = state.throttling ?? {}
  state.throttling = { periods: periods + throttling.periods, seconds: seconds + throttling.seconds }
}

function requestOf(
  { testCase }: SampleContext,
  pass: Pass,
  state: PairState,
  how: Pick<ClientRequest, 'timing' | 'bitsPerSecond'>,
): { state: PairState; request: ClientRequest } {
  if (state.target === undefined) throw new RangeError('a pair without a target')
  return { state, request: { test: testCase, pass, target: state.target, earlier: state.passes, ...how } }
}

function jobOf(
  { traffic: { arrangement }, engine }: SampleContext,
  { pair: { client, index } }: PairState,
  request: ClientRequest,
  pairs: number,
): ClientJob {
  const container = containerOf(arrangement.pods, arrangement.pairs[index]?.client ?? '', engine.name)
  const { durationSeconds, warmupSeconds } = request.timing
  return {
    target: { namespace: client.namespace, pod: client.pod, container: container.name },
    command: engine.clientCommand(request),
    hasShell: container.hasShell,
    timeoutMs: (durationSeconds + warmupSeconds + marginSeconds(pairs)) * 1000,
  }
}

function resultOf(
  engine: Engine,
  { pair }: PairState,
  request: ClientRequest,
  end: ClientEnd,
): Reading | MeasurementFault {
  if (end.kind === 'failed') return execFault(end.error)
  try {
    const reading = engine.read(request, end.output)
    return pair.client.node === pair.server.node ? reading : withoutClocks(reading)
  } catch (error) {
    if (error instanceof MeasurementFault) return error
    throw error
  }
}

/** Nobody knows how far the clocks of two nodes are apart: what they say together is no latency. */
function withoutClocks(reading: Reading): Reading {
  const flows = reading.flows.map((flow) => {
    if (flow.datagrams === undefined) return flow
    const { oneWayLatency: _, ...datagrams } = flow.datagrams
    return { ...flow, datagrams }
  })
  return { ...reading, flows }
}

/** A node without idle CPU keeps a tool from sending, or from reading what has come: then the network need not be the reason. */
function withCpu(
  result: Reading | MeasurementFault,
  { pair }: PairState,
  end: ClientEnd,
  server: ServerDifference,
): Reading | MeasurementFault {
  if (!(result instanceof MeasurementFault)) return result
  if (result.code !== 'NothingReceived' && result.code !== 'ShortMeasurement') return result
  const loads = [
    { role: 'client', node: pair.client.node, busy: end.kind === 'ended' ? end.cpu?.nodeBusy : undefined },
    { role: 'server', node: pair.server.node, busy: server.cpu?.nodeBusy },
  ]
  const full = loads.filter(({ busy = 0 }) => busy >= FULL)
  if (full.length === 0) return result
  const words = full.map(({ role, node, busy = 0 }) => `node ${node} of the ${role} was ${percentText(busy)} busy`)
  return new MeasurementFault(result.code, `${result.message}; ${words.join(', ')}`, { cause: result })
}
