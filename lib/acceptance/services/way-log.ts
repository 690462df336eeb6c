import type { Finding, Metric } from '../../record/run-record.ts'
import { sampledMetric, valueMetric } from '../../stats/metric.ts'
import type { Reached } from '../probe/reach.ts'

/** A way to a Service from a node: its cluster address, its port on a node, its name. */
export type ServicePath = 'cluster-ip' | 'node-port' | 'dns-name'

/** A way that is tried again for each Service. `node`: where the client is, or of a node port the node that has it. */
export interface Way {
  readonly path: ServicePath
  readonly node: string
}

/** When things happened to a Service, in ms of the monotonic clock. */
export interface ServiceTimes {
  /** The request that makes it was sent. */
  readonly createdMs: number
  /** The watch showed its first ready endpoint. */
  readonly endpointReadyMs: number
}

/** What has become of each way. */
export interface WayLog {
  /** @returns in seconds, since its creation */
  reached(way: Way, reached: Reached, times: ServiceTimes): number
  failed(way: Way): void
  hasFailed(way: Way): boolean
  metrics(): Metric[]
  findings(): Finding[]
}

interface Entry {
  readonly way: Way
  readonly sinceCreated: number[]
  readonly sinceReady: number[]
  resolution: number
  atOnce: number
  failures: number
}

const SOURCE = 'probe'

/** @param limitMs after so long a Service counts as not reached; the findings say it */
export function createWayLog(limitMs: number): WayLog {
  const entries = new Map<string, Entry>()
  const entryOf = (way: Way): Entry => {
    const key = `${way.path} ${way.node}`
    const known = entries.get(key)
    if (known !== undefined) return known
    const entry: Entry = { way, sinceCreated: [], sinceReady: [], resolution: 0, atOnce: 0, failures: 0 }
    entries.set(key, entry)
    return entry
  }
  return {
    reached(way, { atMs, resolutionSeconds, isFirstAttempt }, { createdMs, endpointReadyMs }) {
      const entry = entryOf(way)
      const seconds = (atMs - createdMs) / 1000
      entry.sinceCreated.push(seconds)
      // Whoever programs the node may have heard of the endpoint before this program has.
      entry.sinceReady.push(Math.max(0, (atMs - endpointReadyMs) / 1000))
      entry.resolution = Math.max(entry.resolution, resolutionSeconds)
      if (isFirstAttempt) entry.atOnce += 1
      return seconds
    },
    failed(way) {
      entryOf(way).failures += 1
    },
    hasFailed: (way) => entryOf(way).failures > 0,
    metrics: () => [...entries.values()].flatMap(metricsOf),
    findings: () => [...failures([...entries.values()], limitMs), ...atOnce([...entries.values()])],
  }
}

function metricsOf({ way, sinceCreated, sinceReady, resolution, failures }: Entry): Metric[] {
  const labels = { ...way }
  const origin = { source: SOURCE, resolution }
  const latencies =
    sinceCreated.length === 0
      ? []
      : [
          sampledMetric('service_reachable_latency', sinceCreated, {
            ...origin,
            labels: { ...labels, since: 'created' },
          }),
          sampledMetric('service_reachable_latency', sinceReady, {
            ...origin,
            labels: { ...labels, since: 'endpoint-ready' },
          }),
        ]
  return [...latencies, valueMetric('service_unreachable', failures, { source: SOURCE, labels })]
}

function failures(entries: readonly Entry[], limitMs: number): Finding[] {
  return entries
    .filter(({ failures: count }) => count > 0)
    .map(({ way: { path, node } }) => ({
      severity: 'error',
      code: 'ServiceUnreachable',
      message: `${describePath(path, node)} did not work within ${limitMs / 1000}s`,
      advice: adviceFor(path),
    }))
}

function describePath(path: ServicePath, node: string): string {
  switch (path) {
    case 'cluster-ip':
      return `the cluster IP of a new Service, from a pod on ${node},`
    case 'node-port':
      return `the port of a new Service on node ${node}, from a pod,`
    case 'dns-name':
      return `the name of a new Service, from a pod on ${node},`
  }
}

function adviceFor(path: ServicePath): string {
  switch (path) {
    case 'cluster-ip':
      return 'look at what makes Services work on that node: kube-proxy, or the agent that replaces it'
    case 'node-port':
      return 'a firewall between nodes may not let ports 30000-32767 pass'
    case 'dns-name':
      return 'CoreDNS remembers for some seconds that a name was not there'
  }
}

/** A name is tried from the moment on that the address works, so its first attempt is no surprise. */
function atOnce(all: readonly Entry[]): Finding[] {
  const entries = all.filter(({ way }) => way.path !== 'dns-name')
  const sum = (of: (entry: Entry) => number) => entries.reduce((total, entry) => total + of(entry), 0)
  const count = sum((entry) => entry.atOnce)
  if (count === 0) return []
  const message = `${count} of ${sum(({ sinceCreated }) => sinceCreated.length)} ways worked at the first attempt: they may have worked a little earlier still`
  return [{ severity: 'info', code: 'ReachableAtOnce', message }]
}
