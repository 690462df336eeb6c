import type { ClientRequest, Pass, Timing } from '../engines/engine.ts'
import { MeasurementFault } from '../measurement-fault.ts'
import type { DatagramReading } from '../reading.ts'
import { MOST_TRIES } from './longest-run.ts'
import { alive, type PairState } from './pair-state.ts'
import { MOST_LOSS, searchRate } from './rate-search.ts'

/** So long a try takes, unless the whole measurement is shorter. */
export const TRY_SECONDS = 3

/** So often all pairs measure at the rates that they have found, until these hold beside each other. */
const MOST_ROUNDS = 10

type How = (state: PairState) => Pick<ClientRequest, 'timing' | 'bitsPerSecond'>

interface SearchOptions {
  pass: Pass
  /** Of the measurement at the rate that was found. */
  fullTiming: (state: PairState, bitsPerSecond: number) => Timing
}

/**
 * Finds the highest rate of each pair at which (nearly) nothing is lost, and measures at it for as long as any other
 * measurement takes. All pairs search at the same time: what each can have depends on what the others take.
 * @param runPass measures between these pairs, all at once; what it finds stands in their states
 */
export async function searchRates(
  states: readonly PairState[],
  { durationSeconds }: Timing,
  runPass: (pass: Pass, states: readonly PairState[], how: How) => Promise<void>,
  { pass, fullTiming }: SearchOptions,
): Promise<void> {
  const timing: Timing = { warmupSeconds: 0, durationSeconds: Math.min(TRY_SECONDS, durationSeconds) }
  const searches = states.map((state) => ({ state, searcher: searchRate(MOST_TRIES) }))
  const searcherOf = (state: PairState) => {
    const found = searches.find((search) => search.state === state)
    if (found === undefined) throw new RangeError('a pair that does not search')
    return found.searcher
  }
  while (true) {
    const searching = alive(states).filter((state) => searcherOf(state).next() !== undefined)
    if (searching.length === 0) break
    await runPass(pass, searching, (state) => ({ timing, bitsPerSecond: searcherOf(state).next() ?? 0 }))
    for (const state of searching) {
      // All of it was lost: that is what the search is about, and no end of it.
      if (state.fault?.code === 'NothingReceived') {
        delete state.fault
        searcherOf(state).observe({ loss: 1, sentBitsPerSecond: undefined })
        continue
      }
      if (state.fault !== undefined) continue
      const shown = shownBy(state, pass)
      if (shown !== undefined) searcherOf(state).observe(shown)
    }
  }
  // All of them measure again until each one's rate holds: what a pair can have depends on what the others take.
  for (let round = 1; ; round += 1) {
    for (const state of alive(states)) {
      if (searcherOf(state).best === undefined) state.fault = tooMuchLoss(searcherOf(state))
    }
    const measuring = alive(states)
    await runPass(pass, measuring, (state) => {
      const bitsPerSecond = searcherOf(state).best ?? 0
      return { timing: fullTiming(state, bitsPerSecond), bitsPerSecond }
    })
    const losing = alive(measuring).filter((state) => {
      const shown = shownBy(state, pass)
      return shown !== undefined && !searcherOf(state).confirm(shown.loss)
    })
    if (losing.length === 0) break
    if (round === MOST_ROUNDS) {
      for (const state of losing) state.fault = tooMuchLoss(searcherOf(state))
      break
    }
  }
  for (const { state, searcher } of searches) state.search = { tries: searcher.tries }
}

function shownBy(state: PairState, pass: Pass): { loss: number; sentBitsPerSecond: number | undefined } | undefined {
  const flows = state.passes.get(pass)?.flows ?? []
  const losses = flows.flatMap(({ datagrams }) => (datagrams === undefined ? [] : [shareLost(datagrams)]))
  if (flows.length === 0 || losses.length < flows.length) {
    state.fault = new MeasurementFault('UnknownOutput', 'a try of the rate search has no datagrams')
    return undefined
  }
  // Both ways at once, the rate is to hold in both.
  const sent = flows.flatMap(({ sentBitsPerSecond }) => sentBitsPerSecond ?? [])
  return {
    loss: Math.max(...losses),
    sentBitsPerSecond: sent.length < flows.length ? undefined : Math.min(...sent),
  }
}

function shareLost({ sent, lost }: DatagramReading): number {
  return sent === 0 ? 1 : lost / sent
}

function tooMuchLoss({ tries }: { tries: readonly { bitsPerSecond: number; loss: number }[] }): MeasurementFault {
  const last = tries.at(-1)
  const seen =
    last === undefined ? '' : `: ${(last.loss * 100).toFixed(1)} % at ${(last.bitsPerSecond / 1e6).toFixed(1)} Mbit/s`
  return new MeasurementFault('TooMuchLoss', `no rate was found that loses ${MOST_LOSS * 100} % or less${seen}`)
}
