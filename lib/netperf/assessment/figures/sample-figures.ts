import type { MetricName } from '../../../record/catalogue/metric-catalogue.ts'
import { flowLabels, type Labels, pairLabels, testLabels } from '../../matrix/test-labels.ts'
import type { NetperfRun, PairSample } from '../../netperf-run.ts'
import { flowDirections, isOfRequests } from '../measured-tests.ts'
import { figuresOf } from './figures.ts'

export interface SampleFigure {
  readonly metric: MetricName
  readonly labels: Labels
  readonly value: number
}

/** The figures of one sample of one pair, as the metrics of the pair will have them; the first is what the test is about. */
export function sampleFigures({ test: index, pair: number, result }: PairSample, run: NetperfRun): SampleFigure[] {
  const [test, pair] = [run.tests[index], run.pairs[number]]
  if (test === undefined || pair === undefined || result.kind === 'failed') return []
  const ways = isOfRequests(test)
    ? [{ direction: 'forward' as const, labels: testLabels(test) }]
    : flowDirections(test).map((direction) => ({ direction, labels: flowLabels(test, direction) }))
  return ways.flatMap(({ direction, labels }) =>
    figuresOf(test).flatMap(({ metric, read }) => {
      const value = read(result.reading, direction)
      return metric === undefined || value === undefined
        ? []
        : [{ metric, labels: { ...labels, ...pairLabels(pair) }, value }]
    }),
  )
}
