import type { Verdict } from '../../../record/details/netperf-details.ts'
import type { TestCase } from '../../test-case.ts'
import { digits, percentText, secondsText } from '../figures/figure-text.ts'
import type { MeasuredPair } from '../measured-tests.ts'
import { endEvidence } from './flow-evidence.ts'
import { describeEnd, throttling } from './verdict.ts'

const FULL_CORE = 0.95

/**
 * What kept a pair from more requests. Clients that wait for each answer before they ask again make no more than
 * connections/latency (Little 1961), so the time of a round trip is the limit unless a core is full or no more was asked.
 */
export function judgeRequests(test: TestCase, pair: MeasuredPair): Verdict {
  const { samples } = pair
  const client = endEvidence(samples, 'client', lowestOf(samples.map(({ reading }) => reading.clientCores)))
  const server = endEvidence(samples, 'server', lowestOf(samples.map(({ reading }) => reading.serverCores)))
  const requests = samples.flatMap(({ reading }) => reading.requests ?? [])
  const latencies = requests.flatMap(({ latency }) => latency?.meanSeconds ?? [])
  const evidence = [...describeEnd('client', client), ...describeEnd('server', server)]
  if (requests.length === 0) return { limit: 'unknown', text: 'unknown', evidence }
  const held = throttling([client, server], samples.length)
  if (held !== undefined) return { ...held, evidence }
  if (test.requestsPerSecond !== undefined && requests.every(({ openLoop }) => openLoop?.isKept === true)) {
    return { limit: 'offered-rate', text: `offered rate (${digits(test.requestsPerSecond)}/s)`, evidence }
  }
  const connections = test.connections ?? 1
  const roles = [
    { end: server, name: 'server', limit: 'receiver-cpu' as const },
    { end: client, name: 'client', limit: 'sender-cpu' as const },
  ]
  // One connection keeps one thread busy at most; how many threads several have is not known.
  const full =
    connections > 1 ? undefined : roles.find(({ end }) => (end.cores ?? 0) + (end.waitShare ?? 0) >= FULL_CORE)
  if (full !== undefined) {
    const text = `${full.name} CPU (${percentText(full.end.cores ?? 0)} of one core)`
    return { limit: full.limit, text, isFloor: true, evidence }
  }
  const mean = latencies.reduce((sum, seconds) => sum + seconds, 0) / latencies.length
  const many = connections === 1 ? 'one connection' : `${connections} connections`
  const trip = latencies.length === 0 ? many : `${many}, ${secondsText(mean)} each`
  return { limit: 'round-trip', text: `round trip (${trip})`, evidence }
}

function lowestOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
