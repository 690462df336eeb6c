import type { FlowDirection } from '../matrix/test-labels.ts'
import type { NetperfRun, PairSample } from '../netperf-run.ts'
import type { Pair } from '../pair.ts'
import type { Reading } from '../reading.ts'
import type { TestCase } from '../test-case.ts'

/** A test with what was measured of it: every pair that it has, also without any sample. */
export interface MeasuredTest {
  readonly index: number
  readonly test: TestCase
  readonly pairs: readonly MeasuredPair[]
}

export interface MeasuredPair {
  readonly pair: Pair
  /** In the order of the samples; those that failed are not among them. */
  readonly samples: readonly MeasuredSample[]
}

export interface MeasuredSample extends PairSample {
  readonly reading: Reading
}

/** The tests of a run in their order. */
export function measuredTests(run: NetperfRun): MeasuredTest[] {
  const samplesOf = Map.groupBy(run.samples, ({ test, pair }) => `${test} ${pair}`)
  return run.tests.map((test, index) => ({
    index,
    test,
    pairs: (run.pairsOfTest.get(index) ?? []).flatMap((number) => {
      const pair = run.pairs[number]
      if (pair === undefined) return []
      const samples = (samplesOf.get(`${index} ${number}`) ?? []).flatMap((sample) =>
        sample.result.kind === 'measured' ? [{ ...sample, reading: sample.result.reading }] : [],
      )
      return [{ pair, samples: samples.sort((a, b) => a.sample - b.sample) }]
    }),
  }))
}

/** Requests one by one instead of a stream of data. */
export function isOfRequests({ protocol, mode }: TestCase): boolean {
  return protocol === 'http' || protocol === 'grpc' || mode !== 'stream'
}

/** In which data flows as fast as it can: none where requests are counted. */
export function flowDirections(test: TestCase): readonly FlowDirection[] {
  if (isOfRequests(test)) return []
  return test.direction === 'bidirectional' ? ['forward', 'reverse'] : [test.direction]
}
