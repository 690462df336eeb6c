import type { MetricName } from '../../../record/catalogue/metric-catalogue.ts'
import type { Metric } from '../../../record/run-record.ts'
import { jainFairness } from '../../../stats/fairness.ts'
import { repeatedMetric, sampledMetric, valueMetric } from '../../../stats/metric.ts'
import { type FlowDirection, flowLabels, type Labels, pairLabels, testLabels } from '../../matrix/test-labels.ts'
import type { NetperfRun } from '../../netperf-run.ts'
import type { AssessmentOptions } from '../assessment.ts'
import { flowDirections, isOfRequests, type MeasuredPair, type MeasuredTest, measuredTests } from '../measured-tests.ts'
import { figuresOf, flowOf, pairFigure, pairValues, requestKind, totals } from './figures.ts'
import { compareWithHost } from './host-share.ts'
import { busiest, linkLoads } from './link-load.ts'
import { poolLatencies } from './request-latency.ts'

interface Series {
  readonly measured: MeasuredTest
  readonly direction: FlowDirection
  /** Of the test and the direction. */
  readonly labels: Labels
  readonly source: string
}

/** The metrics of a run. What was not measured, or is not known, has no series: never 0. */
export function netperfMetrics(run: NetperfRun, options: AssessmentOptions): Metric[] {
  const tests = measuredTests(run)
  return [
    ...tests.flatMap((measured) => {
      const { test } = measured
      const source = test.engine
      const series = isOfRequests(test)
        ? [{ measured, direction: 'forward' as const, labels: testLabels(test), source }]
        : flowDirections(test).map((direction) => ({
            measured,
            direction,
            labels: flowLabels(test, direction),
            source,
          }))
      return series.flatMap((each) => [
        ...figureMetrics(each),
        ...requestMetrics(each),
        ...fairness(each),
        ...goodputShare(run, each, options),
        ...hostShare(tests, each),
      ])
    }),
    ...startSpreads(run),
    ...pathMtus(run),
  ]
}

function figureMetrics({ measured, direction, labels, source }: Series): Metric[] {
  return figuresOf(measured.test).flatMap((figure) => {
    const { metric, pairMetric, totalMetric } = figure
    const ofPairs = measured.pairs.flatMap((pair) => {
      const values = pairValues(pair, figure, direction)
      if (metric === undefined || values.length === 0) return []
      const resolution = metric === 'udp_loss' ? lossResolution(pair, direction) : undefined
      const origin = { labels: { ...labels, ...pairLabels(pair.pair) }, source, ...(resolution && { resolution }) }
      return [repeatedMetric(metric, values, origin)]
    })
    const across = measured.pairs.flatMap((pair) => pairFigure(pair, figure, direction) ?? [])
    const sums = [...totals(measured, figure, direction).values()]
    return [
      ...ofPairs,
      ...(pairMetric === undefined || across.length === 0
        ? []
        : [sampledMetric(pairMetric, across, { labels, source })]),
      ...(totalMetric === undefined || sums.length === 0
        ? []
        : [repeatedMetric(totalMetric, sums, { labels, source })]),
    ]
  })
}

/** A loss is known no finer than one datagram of the smallest sample. */
function lossResolution({ samples }: MeasuredPair, direction: FlowDirection): number {
  return 1 / Math.min(...samples.flatMap(({ reading }) => flowOf(reading, direction)?.datagrams?.sent ?? []))
}

function requestMetrics({ measured, labels, source }: Series): Metric[] {
  if (!isOfRequests(measured.test)) return []
  const kind = requestKind(measured.test)
  const latencyName = kind === 'rr' ? 'rr_latency' : (`${kind}_request_latency` as const)
  return measured.pairs.flatMap(({ pair, samples }) => {
    const own = { ...labels, ...pairLabels(pair) }
    const requests = samples.flatMap(({ reading }) => reading.requests ?? [])
    if (requests.length === 0) return []
    const codes = [...new Set(requests.flatMap(({ errors }) => Object.keys(errors)))].sort()
    const failed = requests.map(({ errors }) => Object.values(errors).reduce((sum, count) => sum + count, 0))
    const errorsOf = (values: readonly number[], code: Labels) =>
      sampledMetric(`${kind}_errors`, values, { labels: { ...own, ...code }, source })
    return [
      ...latencyMetric(latencyName, samples, own, source),
      errorsOf(failed, {}),
      ...codes.map((code) =>
        errorsOf(
          requests.map(({ errors }) => errors[code] ?? 0),
          { code },
        ),
      ),
    ]
  })
}

function latencyMetric(name: MetricName, samples: MeasuredPair['samples'], labels: Labels, source: string): Metric[] {
  const pooled = poolLatencies(samples.flatMap(({ reading }) => reading.requests?.latency ?? []))
  if (pooled === undefined) return []
  const { latency, buckets } = pooled
  const { count, minSeconds, meanSeconds, maxSeconds, resolutionSeconds, histogram, ...quantiles } = latency
  return [
    {
      name,
      unit: 's',
      labels,
      statistics: {
        count,
        ...(minSeconds === undefined ? {} : { min: minSeconds }),
        ...(meanSeconds === undefined ? {} : { mean: meanSeconds }),
        ...quantiles,
        ...(maxSeconds === undefined ? {} : { max: maxSeconds }),
      },
      ...(histogram === undefined ? {} : { histogram }),
      ...(buckets === undefined ? {} : { interpolated: buckets }),
      resolution: resolutionSeconds,
      source,
    },
  ]
}

function fairness({ measured, direction, labels, source }: Series): Metric[] {
  const [figure] = figuresOf(measured.test)
  const shares = measured.pairs.flatMap((pair) => pairFigure(pair, figure, direction) ?? [])
  const index = shares.length < 2 ? undefined : jainFairness(shares)
  return index === undefined ? [] : [valueMetric('pair_fairness', index, { labels, source })]
}

function goodputShare(run: NetperfRun, { measured, direction, labels, source }: Series, options: AssessmentOptions) {
  const loads = linkLoads(run, measured, options)
  const link = busiest(measured.pairs.flatMap(({ pair }) => loads(pair, direction) ?? []))
  return link === undefined ? [] : [repeatedMetric('goodput_share', [...link.shares.values()], { labels, source })]
}

function hostShare(tests: readonly MeasuredTest[], { measured, direction, labels, source }: Series): Metric[] {
  const comparison = compareWithHost(tests, measured, direction)
  if (comparison === undefined) return []
  const shares = comparison.own.map((value, index) => value / (comparison.host[index] ?? Number.NaN))
  return [repeatedMetric('host_share', shares, { labels, source })]
}

function startSpreads({ tests, startSpreads: spreads }: NetperfRun): Metric[] {
  return [...Map.groupBy(spreads, ({ test }) => test)].flatMap(([index, ofTest]) => {
    const test = tests[index]
    if (test === undefined) return []
    const resolution = Math.max(...ofTest.map(({ resolutionSeconds }) => resolutionSeconds))
    const seconds = ofTest.map((spread) => spread.seconds)
    return [sampledMetric('start_spread', seconds, { labels: testLabels(test), source: 'client', resolution })]
  })
}

function pathMtus({ pathMtus: mtus, pairs }: NetperfRun): Metric[] {
  return mtus.flatMap(({ pair: index, bytes, ipFamily }) => {
    const pair = pairs[index]
    if (pair === undefined) return []
    const labels = { ...pairLabels(pair), ip_family: String(ipFamily) }
    return [valueMetric('path_mtu', bytes, { labels, source: 'probe' })]
  })
}
