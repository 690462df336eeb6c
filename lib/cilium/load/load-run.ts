import type { LoadClient } from '../../record/details/load-details.ts'
import type { Finding, Phase } from '../../record/run-record.ts'
import type { MapsReading } from '../read-maps.ts'

/** How far a load is. */
export interface LoadProgress {
  /** As in the run's phases: namespaces, pods, load, clean-up. */
  readonly phase: string
  readonly done: number
  /** Namespaces, pods, connections, or objects that are to go. */
  readonly total: number
  /** Pods that are not ready, by reason. */
  readonly waiting?: ReadonlyMap<string, number>
}

export interface LoadHost {
  /** Stops the load; what was made is still cleaned up. */
  signal: AbortSignal
  /** Reads all agents now. */
  readMaps: (signal: AbortSignal, previous: MapsReading | undefined) => Promise<MapsReading>
  onProgress: (progress: LoadProgress) => void
  /** What was read while the load lasts; `startedAtMs` is the wall time of its first connection. */
  onReading: (reading: MapsReading) => void
}

/** What was seen, complete or not. */
export interface LoadRun {
  phases: Phase[]
  /** Wall time in ms when the clients were let go; undefined: they never were. */
  startedAtMs?: number
  durationSeconds: number
  clients: LoadClient[]
  servers: { pod: string; node: string }[]
  /** All clients, over time. */
  connections: { atMs: number; opened: number }[]
  /** In their order, the first one from before the load. */
  readings: MapsReading[]
  /** The fault that ended the load, if one did. */
  failure?: unknown
  leftBehind: Finding[]
}
