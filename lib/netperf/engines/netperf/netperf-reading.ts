import { samplesToCarry } from '../../../stats/quantile.ts'
import type { FlowReading, LatencyReading, Reading } from '../../reading.ts'
import type { Mode, TestCase } from '../../test-case.ts'
import { checkInterval } from '../check-interval.ts'
import type { ClientRequest, ToolOutput } from '../engine.ts'
import { checkStarted, toolFault, unreadable } from '../tool-fault.ts'

const tool = 'netperf'

const streamSelectors = [
  'THROUGHPUT',
  'THROUGHPUT_UNITS',
  'ELAPSED_TIME',
  'LOCAL_TRANSPORT_RETRANS',
  'REMOTE_TRANSPORT_RETRANS',
  'TRANSPORT_MSS',
  'LOCAL_CONG_CONTROL',
  'REMOTE_CONG_CONTROL',
] as const
const transactionSelectors = [
  'THROUGHPUT',
  'THROUGHPUT_UNITS',
  'ELAPSED_TIME',
  'MIN_LATENCY',
  'MEAN_LATENCY',
  'P50_LATENCY',
  'P90_LATENCY',
  'P99_LATENCY',
  'MAX_LATENCY',
] as const
type Selector = (typeof streamSelectors)[number] | (typeof transactionSelectors)[number]
type Values = ReadonlyMap<Selector, string>

/** What is asked for with `-o`, in the order in which it is printed. */
export function netperfSelectors(mode: Mode): readonly Selector[] {
  return mode === 'stream' ? streamSelectors : transactionSelectors
}

/**
 * Reads the line of values of `netperf … -- -o`, which stands below a banner and a line of headings.
 *
 * @throws MeasurementFault
 */
export function readNetperf(request: ClientRequest, output: ToolOutput): Reading {
  checkStarted(tool, output)
  const { test, target, timing } = request
  if (output.exitCode !== 0) {
    const said = [output.stderr, output.stdout].find((text) => text.trim() !== '')
    throw toolFault(tool, said ?? `exit code ${output.exitCode} without a word`, target)
  }
  const values = valuesOf(output.stdout, netperfSelectors(test.mode))
  const seconds = numberOf(values, 'ELAPSED_TIME')
  const amount = numberOf(values, 'THROUGHPUT')
  const units = test.mode === 'stream' ? '10^6bits/s' : 'Trans/s'
  if (values?.get('THROUGHPUT_UNITS') !== units || seconds === undefined || amount === undefined) {
    throw unreadable(tool, output, target)
  }
  checkInterval(tool, seconds, Math.ceil(timing.durationSeconds), amount)
  if (test.mode === 'stream') return streamReading(values, test, seconds, amount * 1e6)
  const completed = Math.round(amount * seconds)
  const latency = latencyOf(values, completed)
  if (latency === undefined) throw unreadable(tool, output, target)
  return { tool, flows: [], requests: { seconds, completed, errors: {}, latency } }
}

function streamReading(
  values: Values,
  { direction }: TestCase,
  seconds: number,
  receivedBitsPerSecond: number,
): Reading {
  const sender = direction === 'reverse' ? 'REMOTE_TRANSPORT_RETRANS' : 'LOCAL_TRANSPORT_RETRANS'
  const retransmits = numberOf(values, sender)
  const mssBytes = numberOf(values, 'TRANSPORT_MSS')
  const client = values.get('LOCAL_CONG_CONTROL')
  const server = values.get('REMOTE_CONG_CONTROL')
  const flow: FlowReading = {
    direction: direction === 'reverse' ? 'reverse' : 'forward',
    seconds,
    receivedBitsPerSecond,
    // -1: the system does not say.
    ...(retransmits === undefined || retransmits < 0 ? {} : { retransmits }),
  }
  return {
    tool,
    flows: [flow],
    ...(mssBytes === undefined || mssBytes <= 0 ? {} : { mssBytes }),
    ...(client === undefined || client === '' ? {} : { clientCongestionControl: client }),
    ...(server === undefined || server === '' ? {} : { serverCongestionControl: server }),
  }
}

/** netperf counts latencies in buckets whose width grows by tens: a quantile has two digits. */
function latencyOf(values: Values, count: number): LatencyReading | undefined {
  const micros = (selector: Selector) => numberOf(values, selector)
  const [min, mean, max] = [micros('MIN_LATENCY'), micros('MEAN_LATENCY'), micros('MAX_LATENCY')]
  if (min === undefined || mean === undefined || max === undefined) return undefined
  const quantiles = (['p50', 'p90', 'p99'] as const).flatMap((key) => {
    const value = micros(`${key.toUpperCase() as Uppercase<typeof key>}_LATENCY`)
    return value === undefined || count < samplesToCarry(Number(key.slice(1)) / 100)
      ? []
      : [[key, value / 1e6] as const]
  })
  return {
    count,
    minSeconds: min / 1e6,
    meanSeconds: mean / 1e6,
    maxSeconds: max / 1e6,
    ...Object.fromEntries(quantiles),
    resolutionSeconds: 1e-6,
  }
}

/** The one line with as many fields as were asked for that begins with a number: a heading does not. */
function valuesOf(text: string, selectors: readonly Selector[]): Values | undefined {
  const rows = text
    .split('\n')
    .map((line) => line.trim().split(','))
    .filter((fields) => fields.length === selectors.length && /^-?[\d.]+$/.test(fields[0] ?? ''))
  const [row] = rows
  if (row === undefined || rows.length > 1) return undefined
  return new Map(selectors.map((selector, index) => [selector, row[index] ?? '']))
}

function numberOf(values: Values | undefined, selector: Selector): number | undefined {
  const text = values?.get(selector) ?? ''
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined
}
