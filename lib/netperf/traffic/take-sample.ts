import { pause } from '../../kube/pause.ts'
import { isAway, whileAway } from '../../run/while-away.ts'
import type { ClientRequest, Pass, Timing } from '../engines/engine.ts'
import { MeasurementFault } from '../measurement-fault.ts'
import type { PairSample } from '../netperf-run.ts'
import type { Pair, Target } from '../pair.ts'
import { explainByNodes } from '../pods/node-fault.ts'
import { explainByPods, mayBeOfPod } from '../pods/pod-fault.ts'
import { unreachable } from '../pods/ways.ts'
import type { Reading } from '../reading.ts'
import type { NetperfSession } from '../session.ts'
import { attempt, didNotGetGoing, settle } from './attempt.ts'
import { combinePasses } from './combine-passes.ts'
import { datagramTiming } from './datagram-timing.ts'
import { alive, type PairState } from './pair-state.ts'
import type { SampleContext, Traffic } from './sample-context.ts'
import { searchRates } from './search-rates.ts'

/** A server that was busy with an earlier client, or was just starting anew, is ready again by then. */
const RETRY_PAUSE_MS = 1500

/**
 * Takes one sample of one test: all its pairs at once, or round after round in a mesh. A pair that fails does not keep
 * the others.
 * @returns how many pairs were measured
 */
export async function takeSample(
  session: NetperfSession,
  traffic: Traffic,
  test: number,
  sample: number,
): Promise<number> {
  const { run, host, plan } = session
  const testCase = plan.tests[test]
  const engine = testCase === undefined ? undefined : plan.engines.get(testCase.engine)
  if (testCase === undefined || engine === undefined) throw new RangeError(`no engine for test ${test}`)
  const context: SampleContext = { session, traffic, test, testCase, engine, sample }
  let measured = 0
  for (const round of traffic.arrangement.rounds.get(test) ?? []) {
    const states = round.flatMap((index) => {
      const pair = run.pairs[index]
      return pair === undefined ? [] : [stateOf(pair, traffic.ways.of(test, index))]
    })
    await measureRound(context, states)
    if (states.some(({ fault }) => isAwayFault(fault))) await untilServerAnswers(session)
    for (const state of states) {
      const result = sampleOf(state, test, sample)
      if (result.result.kind === 'measured') measured += 1
      run.samples.push(result)
      host.onSample(result, run)
    }
  }
  return measured
}

/** What comes next would be lost to the same. @throws ConnectionError when it stays away for good */
function untilServerAnswers({ client, signal }: NetperfSession): Promise<void> {
  return whileAway(signal, async () => {
    await client.getJson('/version', { signal })
  })
}

function isAwayFault(result: Reading | MeasurementFault | undefined): boolean {
  return result instanceof MeasurementFault && isAway(result.cause)
}

function stateOf(pair: Pair, way: Target | MeasurementFault): PairState {
  const state = { pair, passes: new Map<Pass, Reading>(), startedMs: performance.now() }
  return way instanceof MeasurementFault ? { ...state, target: undefined, fault: way } : { ...state, target: way }
}

function sampleOf(state: PairState, test: number, sample: number): PairSample {
  const { pair, startedMs, throttling, cpu, server = {}, fault, passes, search } = state
  const reading = combinePasses(passes)
  return {
    pair: pair.index,
    test,
    sample,
    startedMs,
    ...(throttling === undefined ? {} : { clientThrottling: throttling }),
    ...(cpu === undefined ? {} : { clientCpu: cpu }),
    ...(server.throttling === undefined ? {} : { serverThrottling: server.throttling }),
    ...(server.cpu === undefined ? {} : { serverCpu: server.cpu }),
    result:
      fault === undefined && reading !== undefined
        ? { kind: 'measured', reading, ...(search === undefined ? {} : { search }) }
        : { kind: 'failed', fault: fault ?? new MeasurementFault('UnknownOutput', 'nothing was measured') },
  }
}

async function measureRound(context: SampleContext, states: readonly PairState[]): Promise<void> {
  const { engine, testCase, session } = context
  if (testCase.bitsPerSecond === 'max') {
    return searchRates(states, session.plan.timing, (pass, some, how) => runPass(context, pass, some, how), {
      pass: engine.passes(testCase)[0] ?? 'measure',
      fullTiming: (state, rate) => fullTiming(context, state, rate),
    })
  }
  const rate = testCase.bitsPerSecond
  for (const pass of engine.passes(testCase)) {
    await runPass(context, pass, alive(states), (state) => ({ timing: fullTiming(context, state, rate) }))
  }
}

function fullTiming({ session, testCase }: SampleContext, { pair }: PairState, rate: number | undefined): Timing {
  const facts = session.run.endpointFacts.get(`${pair.client.namespace}/${pair.client.pod}`)
  return datagramTiming(session.plan.timing, testCase, rate, facts?.mtuBytes)
}

/**
 * Runs one pass between these pairs. When one of them does not get going, all try once more: alone, it would have the
 * network to itself, and the others have had its part.
 */
async function runPass(
  context: SampleContext,
  pass: Pass,
  states: readonly PairState[],
  how: (state: PairState) => Pick<ClientRequest, 'timing' | 'bitsPerSecond'>,
): Promise<void> {
  const { session, traffic, test } = context
  const keyOf = ({ state: { pair } }: { state: PairState }) => `${test} ${pair.index}`
  let made = await attempt(context, pass, states, how)
  const late = made.trials.filter((trial) => didNotGetGoing(trial) && !traffic.stuck.has(keyOf(trial)))
  if (late.length > 0) {
    await pause(RETRY_PAUSE_MS, session.signal)
    if (late.some(({ result }) => isAwayFault(result))) await untilServerAnswers(session)
    made = await attempt(context, pass, states, how)
  }
  for (const trial of made.trials) {
    if (didNotGetGoing(trial)) traffic.stuck.add(keyOf(trial))
    else traffic.stuck.delete(keyOf(trial))
  }
  settle(context, made)
  await Promise.all(
    states.map(async (state) => {
      if (state.fault === undefined || !mayBeOfPod(state.fault)) return
      const fault = await explain(context, state.pair, state.fault)
      state.fault = fault === state.fault ? withEnds(context, state, fault) : fault
    }),
  )
}

async function explain({ session, traffic }: SampleContext, pair: Pair, fault: MeasurementFault) {
  const explained = await explainByPods(session, pair, traffic.restarts, fault)
  return explained === fault ? explainByNodes(session, pair, fault) : explained
}

/** What the tool says of a connection, with both its ends. */
function withEnds({ testCase }: SampleContext, { pair, target }: PairState, fault: MeasurementFault): MeasurementFault {
  if (testCase.protocol === 'udp' && fault.code === 'ConnectionLost') return withoutUdp(pair, fault)
  const isOfConnection = ['ConnectionRefused', 'ConnectionTimedOut', 'NoRoute'].includes(fault.code)
  if (!isOfConnection || target === undefined || fault.message.startsWith('client pod ')) return fault
  const words = { ConnectionRefused: 'refused', ConnectionTimedOut: 'timed out', NoRoute: 'no route' }
  return unreachable(pair, target, words[fault.code as keyof typeof words])
}

/** A tool that has a connection of TCP beside its datagrams loses it when none of these gets through. */
function withoutUdp({ client, server }: Pair, fault: MeasurementFault): MeasurementFault {
  const question = `does a NetworkPolicy or firewall keep UDP from ${client.node} to ${server.node}?`
  return new MeasurementFault(fault.code, `${fault.message}; ${question}`, { cause: fault })
}
