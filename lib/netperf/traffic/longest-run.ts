import type { NetperfPlan } from '../netperf-plan.ts'

/** A rate search makes at most so many measurements, and it is the longest thing that a sample can be. */
export const MOST_TRIES = 20
/** Around each measurement: connections that are not answered, a process that is slow to end. */
const MARGIN_SECONDS = 20
/** Very many processes at once share the cores of a few nodes. */
const MARGIN_SECONDS_PER_PAIR = 0.5
const MOST_MESH_NODES = 1000
/** Beside the traffic: clean-up, and a cluster that is slow throughout. */
const SPARE_SECONDS = 600

/** So much longer than its traffic a measurement between so many pairs at once may take. */
export function marginSeconds(pairs: number): number {
  return MARGIN_SECONDS + pairs * MARGIN_SECONDS_PER_PAIR
}

/** So long the run may take at most: the kubelet ends its pods then, also when nobody is left to delete them. */
export function longestRunSeconds(
  plan: Pick<NetperfPlan, 'tests' | 'samples' | 'timing' | 'timeoutMs' | 'arrangement' | 'engines'>,
): number {
  const { durationSeconds, warmupSeconds } = plan.timing
  const { arrangement } = plan
  const pairs = arrangement.kind === 'mesh' ? MOST_MESH_NODES : Math.max(arrangement.clients, arrangement.servers)
  const once = Math.max(durationSeconds, 60) + warmupSeconds + marginSeconds(pairs)
  const passes = plan.tests.reduce(
    (sum, test) =>
      sum + (test.bitsPerSecond === 'max' ? MOST_TRIES : (plan.engines.get(test.engine)?.passes(test).length ?? 1)),
    0,
  )
  const rounds = arrangement.kind === 'mesh' ? MOST_MESH_NODES : 1
  const seconds = plan.timeoutMs / 1000 + once * 2 * passes * plan.samples * rounds + SPARE_SECONDS
  // A day is more than anybody measures, and well below what the field can hold.
  return Math.ceil(Math.min(seconds, 86_400))
}
