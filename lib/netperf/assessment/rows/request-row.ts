import type { RequestRow } from '../../../record/details/netperf-details.ts'
import { meanInterval } from '../../../stats/mean-interval.ts'
import type { RequestReading } from '../../reading.ts'
import { figuresOf, pairFigure, totals } from '../figures/figures.ts'
import { poolLatencies } from '../figures/request-latency.ts'
import type { MeasuredPair, MeasuredTest } from '../measured-tests.ts'
import { judgeRequests } from '../verdict/request-verdict.ts'
import { hostShareOf } from './flow-row.ts'
import { acrossPairs, commonVerdict, worstPair } from './pair-comparison.ts'

/** A test of requests, all its pairs and samples. */
export function requestRow(tests: readonly MeasuredTest[], measured: MeasuredTest): RequestRow {
  const [figure] = figuresOf(measured.test)
  const values = measured.pairs.flatMap((pair) => {
    const value = pairFigure(pair, figure, 'forward')
    return value === undefined ? [] : [{ pair: pair.pair, value }]
  })
  const total = meanInterval([...totals(measured, figure, 'forward').values()])
  const across = acrossPairs(values.map(({ value }) => value))
  const worst = worstPair(values)
  const hostShare = hostShareOf(tests, measured, 'forward')
  const openLoop = openLoopOf(measured.pairs)
  const pairs = measured.pairs.map((pair) => ({
    pair: pair.pair.index,
    ...requestFigures([pair]),
    verdict: judgeRequests(measured.test, pair),
  }))
  return {
    ...(total && { total }),
    ...(across && { acrossPairs: across }),
    ...(worst && { worstPair: worst }),
    ...requestFigures(measured.pairs),
    ...(openLoop && { openLoop }),
    ...(hostShare && { hostShare }),
    verdict: commonVerdict(
      pairs.map(({ pair, verdict }) => ({ verdict, value: values.find((each) => each.pair.index === pair)?.value })),
    ),
    pairs,
  }
}

type RequestFigures = Pick<RequestRow, 'rate' | 'latency' | 'errors' | 'completed'>

function requestFigures(pairs: readonly MeasuredPair[]): RequestFigures {
  const readings = readingsOf(pairs)
  const rate = meanInterval(readings.map(({ completed, seconds }) => completed / seconds))
  const pooled = poolLatencies(readings.flatMap(({ latency }) => latency ?? []))
  const errors: Record<string, number> = {}
  for (const reading of readings) {
    for (const [code, count] of Object.entries(reading.errors)) errors[code] = (errors[code] ?? 0) + count
  }
  return {
    ...(rate && { rate }),
    ...(pooled && { latency: pooled.latency }),
    errors,
    completed: readings.reduce((sum, { completed }) => sum + completed, 0),
  }
}

function openLoopOf(pairs: readonly MeasuredPair[]): RequestRow['openLoop'] {
  const loops = readingsOf(pairs).flatMap(({ openLoop }) => openLoop ?? [])
  if (loops.length === 0) return undefined
  return {
    requestedPerSecond: loops.reduce((sum, { requestedPerSecond }) => sum + requestedPerSecond, 0) / loops.length,
    kept: loops.filter(({ isKept }) => isKept).length,
    samples: loops.length,
  }
}

function readingsOf(pairs: readonly MeasuredPair[]): RequestReading[] {
  return pairs.flatMap(({ samples }) => samples.flatMap(({ reading }) => reading.requests ?? []))
}
