import type { KubeClient } from '../kube/client.ts'

export interface CleanUpOptions {
  timeoutMs: number
  /** Ends the clean-up before its time. */
  signal: AbortSignal
  /** What a person has to run when something is left. */
  command: string
  onLeft?: (left: number) => void
}

/** Objects of one kind that a selector matches. */
export interface Collection {
  path: string
  selector: string
  /** Deletes them, or those named; undefined where they go by themselves. */
  remove?: (client: KubeClient, names: readonly string[], signal: AbortSignal) => Promise<void>
}
