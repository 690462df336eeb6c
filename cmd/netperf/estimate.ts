import type { Engine, Timing } from '../../lib/netperf/engines/engine.ts'
import type { NetperfPlan } from '../../lib/netperf/netperf-plan.ts'
import type { EngineName, TestCase } from '../../lib/netperf/test-case.ts'
import { datagramTiming } from '../../lib/netperf/traffic/datagram-timing.ts'
import { MOST_TRIES } from '../../lib/netperf/traffic/longest-run.ts'
import { TRY_SECONDS } from '../../lib/netperf/traffic/search-rates.ts'
import { counted } from '../../lib/record/counted.ts'
import { formatDuration } from '../../lib/record/duration.ts'
import { scale } from '../../lib/report/scale.ts'

/** What a run will take and send, said before it starts. */
export interface Estimate {
  readonly tests: number
  readonly samples: number
  /** Of one sample of the longest test. */
  readonly longestSampleSeconds: number
  /** Traffic alone, without pods and clean-up; a search for the highest rate may end sooner. */
  readonly trafficSeconds: number
  readonly isSearching: boolean
  /** Pairs that carry traffic at once, at most. */
  readonly pairs: number
  /** Bytes of the tests with a fixed rate. */
  readonly fixedBytes: number
  /** Link-seconds of those that send what goes through. */
  readonly fillingSeconds: number
  /** Bits per second of all datagrams at once, of the test that sends most: UDP makes room for nobody. */
  readonly datagramBitsPerSecond: number
}

type Plan = Pick<NetperfPlan, 'tests' | 'samples' | 'timing' | 'arrangement'> & {
  engines: ReadonlyMap<EngineName, Pick<Engine, 'passes'>>
}

/** @param nodes that pods can run on; undefined: not known, and a mesh has at least two */
export function estimateRun(plan: Plan, nodes: number | undefined): Estimate {
  const { tests, samples, timing, arrangement } = plan
  const rounds = arrangement.kind === 'mesh' ? Math.max(2, nodes ?? 2) - 1 : 1
  const pairs =
    arrangement.kind === 'mesh' ? Math.max(2, nodes ?? 2) : Math.max(arrangement.clients, arrangement.servers)
  const costs = tests.map((test) => {
    const passes = plan.engines.get(test.engine)?.passes(test).length ?? 1
    const search = test.bitsPerSecond === 'max' ? MOST_TRIES * Math.min(TRY_SECONDS, timing.durationSeconds) : 0
    const { bitsPerSecond } = test
    const rate = typeof bitsPerSecond === 'number' ? bitsPerSecond : undefined
    const { durationSeconds } = datagramTiming(timing, test, rate, undefined)
    const seconds = rounds * (passes * (durationSeconds + warmupSeconds(test, timing)) + search)
    return { test, seconds, ...trafficOf(test, pairs, linksOf(arrangement, nodes)) }
  })
  const sum = (value: (cost: (typeof costs)[number]) => number) =>
    samples * costs.reduce((total, cost) => total + value(cost), 0)
  return {
    tests: tests.length,
    samples,
    longestSampleSeconds: Math.max(...costs.map(({ seconds }) => seconds)),
    trafficSeconds: sum(({ seconds }) => seconds),
    isSearching: tests.some(({ bitsPerSecond }) => bitsPerSecond === 'max'),
    pairs,
    fixedBytes: sum(({ fixedBitsPerSecond, seconds }) => (fixedBitsPerSecond * seconds) / 8),
    fillingSeconds: sum(({ filledLinks, seconds }) => filledLinks * seconds),
    datagramBitsPerSecond: Math.max(
      0,
      ...costs.map(({ test, fixedBitsPerSecond }) => (test.protocol === 'udp' ? fixedBitsPerSecond : 0)),
    ),
  }
}

/** Only a stream of TCP has a speed to find; netperf begins to count at once. */
function warmupSeconds({ protocol, mode, engine }: TestCase, timing: Timing): number {
  return protocol === 'tcp' && mode === 'stream' && engine !== 'netperf' ? timing.warmupSeconds : 0
}

/** Links that can be full at once: many pods of a node share its link, and several clients that of a server. */
function linksOf(arrangement: NetperfPlan['arrangement'], nodes = Number.POSITIVE_INFINITY): number {
  if (arrangement.kind === 'mesh') return Number.isFinite(nodes) ? Math.max(2, nodes) : 2
  return Math.min(arrangement.clients, arrangement.servers, nodes)
}

/** Of a moment in which all pairs send. */
function trafficOf(
  { protocol, bitsPerSecond, direction, mode, placement, messageBytes }: TestCase,
  pairs: number,
  links: number,
): { fixedBitsPerSecond: number; filledLinks: number } {
  const ways = direction === 'bidirectional' ? 2 : 1
  if (typeof bitsPerSecond === 'number') return { fixedBitsPerSecond: pairs * ways * bitsPerSecond, filledLinks: 0 }
  const isSmall = mode !== 'stream' || ((protocol === 'http' || protocol === 'grpc') && messageBytes === undefined)
  // Requests without a payload are next to nothing, and a node's own traffic is on no link.
  if (isSmall || placement === 'same-node') return { fixedBitsPerSecond: 0, filledLinks: 0 }
  return { fixedBitsPerSecond: 0, filledLinks: ways * links }
}

/** `2 tests × 5 samples × 11s ≈ 1m50s of traffic, up to 13.8 GB where links carry 1 Gbit/s`. */
export function describeEstimate(estimate: Estimate, linkBitsPerSecond: number | undefined): string {
  const { tests, samples, longestSampleSeconds, trafficSeconds, isSearching } = estimate
  const isEven = Math.abs(tests * samples * longestSampleSeconds - trafficSeconds) < 0.5
  const product = [
    counted(tests, 'test'),
    counted(samples, 'sample'),
    `${isEven ? '' : 'up to '}${whole(longestSampleSeconds)}`,
  ].join(' × ')
  const time = `${isSearching ? 'at most ' : ''}${whole(trafficSeconds)} of traffic`
  return `${product} ≈ ${time}${describeBytes(estimate, linkBitsPerSecond)}`
}

function describeBytes({ fixedBytes, fillingSeconds }: Estimate, linkBitsPerSecond: number | undefined): string {
  if (fillingSeconds === 0) return fixedBytes === 0 ? '' : `, ${scale(fixedBytes, 'B')}`
  const at = (bitsPerSecond: number) => scale(fixedBytes + (fillingSeconds * bitsPerSecond) / 8, 'B')
  return linkBitsPerSecond === undefined
    ? `, as much as links carry: up to ${at(1e9)} at 1 Gbit/s, ${at(10e9)} at 10 Gbit/s`
    : `, up to ${at(linkBitsPerSecond)} at ${scale(linkBitsPerSecond, 'bit/s')}`
}

function whole(seconds: number): string {
  return formatDuration(Math.round(seconds) * 1000)
}

const MANY_PAIRS = 50
const MANY_SECONDS = 3600
const MUCH_BITS_PER_SECOND = 10e9

/** Why others in the cluster may feel this run, so that it has to be confirmed; undefined where they hardly will. */
export function concernOf(estimate: Estimate): string | undefined {
  const { pairs, trafficSeconds, datagramBitsPerSecond } = estimate
  if (pairs > MANY_PAIRS) return `This sends traffic between ${pairs} pairs of pods at once.`
  if (trafficSeconds > MANY_SECONDS) return `This sends traffic for ${whole(trafficSeconds)}.`
  if (datagramBitsPerSecond > MUCH_BITS_PER_SECOND) {
    return `This sends ${scale(datagramBitsPerSecond, 'bit/s')} of datagrams, which make no room for other traffic.`
  }
  return undefined
}
