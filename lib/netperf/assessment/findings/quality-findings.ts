import type { Estimate, NetperfDetails, NetperfRow } from '../../../record/details/netperf-details.ts'
import type { Finding } from '../../../record/run-record.ts'
import { bitRateText, digits, percentText, secondsText } from '../figures/figure-text.ts'
import { rowNames } from '../rows/row-name.ts'

/** An interval wider than this to each side says little about the mean. */
const WIDE = 0.1
const MOST_SAMPLES = 100
/** Of the measured time in which not all clients were at work. */
const LARGE_SPREAD = 0.05
/** So that a loss of 0.1 % is known within a fifth of it. */
const FEWEST_DATAGRAMS = 25_000
/** None lost of n: the loss is below 3/n with 95 % confidence (Hanley & Lippman-Hand 1983). */
const RULE_OF_THREE = 3

/** What the figures of a run are worth. */
export function qualityFindings(details: NetperfDetails): Finding[] {
  const nameOf = rowNames(details.rows)
  const checks = [
    wideIntervals,
    startSpread,
    openLoop,
    withoutQuantiles,
    fewDatagrams,
    withoutOneWayLatency,
    throttled,
    generatorBound,
  ]
  return [
    ...details.rows.flatMap((row) => checks.flatMap((check) => check(row, nameOf(row)))),
    ...sameNodeSlower(details),
  ]
}

function wideIntervals(row: NetperfRow, name: string): Finding[] {
  const figures = [
    ...row.flows.map(({ total, direction }) => ({ total, text: bitRateText, direction })),
    ...(row.requests === undefined
      ? []
      : [{ total: row.requests.total, text: rateText, direction: 'forward' as const }]),
  ]
  return figures.flatMap(({ total, text, direction }) => {
    if (total?.ci95 === undefined || total.mean === 0) return []
    const width = total.ci95 / total.mean
    if (width <= WIDE) return []
    // The width goes with the root of the number of samples, and few of them pay for their t as well.
    const needed = Math.ceil(total.count * (width / WIDE) ** 2)
    const which = row.flows.length > 1 ? `${name} (${direction})` : name
    return [
      {
        severity: 'warning' as const,
        code: 'WideInterval',
        message: `${which}: ${text(total.mean)} ± ${text(total.ci95)} (${percentText(width)}) of ${total.count} samples says little`,
        advice:
          needed > MOST_SAMPLES
            ? 'something else takes part of the network or the CPU now and then: look at the samples, use a longer --duration'
            : `--samples ${Math.max(needed, total.count + 1)}, or a longer --duration`,
      },
    ]
  })
}

/** Clients that start late leave the network to the others. */
function startSpread(row: NetperfRow, name: string): Finding[] {
  const { measuredSeconds: seconds } = row
  if (row.startSpread === undefined || row.pairs.length < 2 || seconds === undefined) return []
  const { maxSeconds, resolutionSeconds } = row.startSpread
  if (maxSeconds <= LARGE_SPREAD * seconds) return []
  return [
    {
      severity: 'warning',
      code: 'StartSpread',
      message: `${name}: clients started up to ${secondsText(maxSeconds)} apart (known within ${secondsText(resolutionSeconds)}), of ${secondsText(seconds)} measured`,
      advice: 'a longer --duration and --warmup, or fewer pairs',
    },
  ]
}

function openLoop(row: NetperfRow, name: string): Finding[] {
  const { requests, parameters } = row
  const isOfUsers = parameters.protocol === 'http' || parameters.protocol === 'grpc'
  if (!isOfUsers || requests?.latency === undefined) return []
  if (requests.openLoop === undefined) {
    return [
      {
        severity: 'warning',
        code: 'ClosedLoopLatency',
        message: `${name}: latencies are of clients that wait for each answer: a stall counts once, however many requests it would have delayed`,
        advice: '--engine fortio sends at a fixed rate',
      },
    ]
  }
  const { kept, samples, requestedPerSecond } = requests.openLoop
  if (kept === samples) return waitsLeftOut(row, name, parameters.connections ?? 1, requestedPerSecond)
  return [
    {
      severity: 'warning',
      code: 'OpenLoopNotKept',
      message: `${name}: ${rateText(requestedPerSecond)} were to be sent, and were not in ${samples - kept} of ${samples} samples: the latencies leave out requests that had to wait (coordinated omission)`,
      advice: 'a lower --requests-per-second, or more --connections',
    },
  ]
}

/**
 * A request whose connection is still busy when it is due is sent late, and what it waited is in no latency: that happens
 * behind every answer that takes longer than the time between two requests of a connection.
 */
function waitsLeftOut(row: NetperfRow, name: string, connections: number, requestedPerSecond: number): Finding[] {
  const { p99 } = row.requests?.latency ?? {}
  const intervalSeconds = connections / requestedPerSecond
  if (p99 === undefined || p99 <= intervalSeconds) return []
  return [
    {
      severity: 'info',
      code: 'WaitsLeftOut',
      message: `${name}: at least 1% of answers (p99 ${secondsText(p99)}) took longer than the ${secondsText(intervalSeconds)} between two requests of a connection: requests behind them were sent late, and their wait is not part of the latencies (coordinated omission)`,
      advice: `--connections ${Math.ceil(p99 * requestedPerSecond)}, or a lower --requests-per-second`,
    },
  ]
}

function withoutQuantiles(row: NetperfRow, name: string): Finding[] {
  const latency = row.requests?.latency
  if (latency === undefined || latency.p50 !== undefined || latency.p99 !== undefined) return []
  return [
    {
      severity: 'info',
      code: 'NoQuantiles',
      message: `${name}: ${row.tools.join(', ')} tells no quantiles of the latency, only mean and extremes`,
    },
  ]
}

function fewDatagrams(row: NetperfRow, name: string): Finding[] {
  return row.flows.flatMap(({ pairs }) => {
    const sent = pairs.flatMap(({ datagrams }) => datagrams?.sent ?? [])
    const fewest = Math.min(...sent)
    if (sent.length === 0 || fewest >= FEWEST_DATAGRAMS) return []
    return [
      {
        severity: 'warning' as const,
        code: 'FewDatagrams',
        message: `${name}: of ${fewest} datagrams a loss is not known finer than ${percentText(RULE_OF_THREE / fewest)}; ${FEWEST_DATAGRAMS} are needed to speak of 0.1%`,
        advice: 'a longer --duration, or a higher --bandwidth',
      },
    ]
  })
}

/** Said where the engine is one that times datagrams. */
function withoutOneWayLatency(row: NetperfRow, name: string): Finding[] {
  const { engine, protocol } = row.parameters
  const isUnknown = row.flows.some(
    ({ datagrams }) => datagrams !== undefined && datagrams.oneWayLatencySeconds === undefined,
  )
  if (engine !== 'iperf2' || protocol !== 'udp' || !isUnknown) return []
  return [
    {
      severity: 'info',
      code: 'NoOneWayLatency',
      message: `${name}: there is no one-way latency, since the clocks of two nodes cannot be compared`,
      advice: '--rr measures the round trip, --placement same-node one way by one clock',
    },
  ]
}

function throttled(row: NetperfRow, name: string): Finding[] {
  if (row.throttling.length === 0) return []
  const worst = row.throttling.reduce((most, next) => (next.seconds > most.seconds ? next : most))
  return [
    {
      severity: 'warning',
      code: 'CpuThrottled',
      message: `${name}: a CPU limit held back a pod in ${row.throttling.length} samples, the ${worst.side} of pair ${worst.pair} for up to ${secondsText(worst.seconds)}: the figures are a floor`,
      advice: 'kubectl get limitrange -A: the pods of a measurement have no limit of their own',
      count: row.throttling.length,
    },
  ]
}

function generatorBound(row: NetperfRow, name: string): Finding[] {
  const verdicts = [
    ...row.flows.map(({ verdict }) => verdict),
    ...(row.requests === undefined ? [] : [row.requests.verdict]),
  ]
  const [verdict] = verdicts.filter(({ isFloor, limit }) => isFloor === true && limit !== 'cpu-throttling')
  if (verdict === undefined) return []
  return [
    {
      severity: 'info',
      code: 'GeneratorBound',
      message: `${name}: limited by ${verdict.text}, so the figure is a floor: the network can do more`,
      ...(verdict.advice === undefined ? {} : { advice: verdict.advice }),
    },
  ]
}

/** Traffic that never leaves a node should be the faster one. */
function sameNodeSlower({ rows }: NetperfDetails): Finding[] {
  const nameOf = rowNames(rows)
  return rows.flatMap((row) => {
    const own = mainFigure(row)
    if (row.parameters.placement !== 'same-node' || own === undefined) return []
    const other = rows.find(
      ({ parameters, pairs }) =>
        parameters.placement === 'other-node' &&
        pairs.length === row.pairs.length &&
        JSON.stringify({ ...parameters, placement: '' }) === JSON.stringify({ ...row.parameters, placement: '' }),
    )
    const across = other && mainFigure(other)
    if (other === undefined || across === undefined || own.mean + (own.ci95 ?? 0) >= across.mean - (across.ci95 ?? 0)) {
      return []
    }
    const verdict = row.flows[0]?.verdict ?? row.requests?.verdict
    return [
      {
        severity: 'info' as const,
        code: 'SameNodeSlower',
        message: `${nameOf(row)} is slower than ${nameOf(other)}, by ${percentText(1 - own.mean / across.mean)}: both ends share the CPU of one node, and their packets are not sent by a network card (limited by ${verdict?.text ?? 'unknown'})`,
      },
    ]
  })
}

function mainFigure({ flows, requests }: NetperfRow): Estimate | undefined {
  return flows[0]?.total ?? requests?.total
}

function rateText(perSecond: number): string {
  return `${digits(perSecond)}/s`
}
