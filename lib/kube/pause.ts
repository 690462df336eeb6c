import { setTimeout as sleep } from 'node:timers/promises'

/** Waits; rejects with the signal's own reason, not with the AbortError that Node would wrap it in. */
export async function pause(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(durationMs, undefined, signal === undefined ? undefined : { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}
