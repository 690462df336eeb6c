import type { ScopePlan } from '../../workload/scope.ts'
import { MOST_PER_PROCESS } from './client-script.ts'

export type LoadProtocol = 'tcp' | 'udp'

/** held: all stay open until the load ends. short: each is closed as soon as it was answered. */
export type LoadKind = 'held' | 'short'

/** Connections that pods of the run make to each other through a Service. */
export interface LoadPlan extends ScopePlan {
  connections: number
  /** New ones in a second, all clients together. */
  ratePerSecond: number
  /** From the first connection on, the opening of all included. */
  durationMs: number
  /** Between two reads of the maps. */
  intervalMs: number
  protocol: LoadProtocol
  kind: LoadKind
  clientImage: string
  serverImage: string
}

/** A client has about 28,000 ports of its own for a Service. */
const MOST_PER_CLIENT = 20_000

/** A process in a client's pod, with its share of the connections. */
export interface LoadProcess {
  /** Index of the client. */
  readonly client: number
  readonly connections: number
}

/** The connections, divided as evenly as may be among as few clients and processes as can open them. */
export function divideLoad(connections: number): LoadProcess[] {
  const count = Math.ceil(connections / MOST_PER_PROCESS)
  // Processes are not cut in two: a client has room for so many whole ones.
  const clients = Math.ceil(count / Math.floor(MOST_PER_CLIENT / MOST_PER_PROCESS))
  const each = Math.floor(connections / count)
  return Array.from({ length: count }, (_, index) => ({
    client: index % clients,
    connections: each + (index < connections % count ? 1 : 0),
  }))
}

/** What keeps these connections from being opened in time; undefined: nothing. */
export function faultOfTiming({
  connections,
  ratePerSecond,
  durationMs,
}: Pick<LoadPlan, 'connections' | 'ratePerSecond' | 'durationMs'>): string | undefined {
  const opening = connections / ratePerSecond
  if (opening * 1000 <= durationMs) return undefined
  return `${connections} connections at ${ratePerSecond} per second take ${Math.ceil(opening)}s, and the load lasts ${durationMs / 1000}s`
}
