/** Lets any number of waiters hang on few AbortSignals with one listener on each. */
export interface Cancellation {
  /** Calls `cancel` when the signal aborts, which it must not have done yet. Returns how to forget it. */
  add(signal: AbortSignal, cancel: (reason: unknown) => void): () => void
}

/**
 * A listener for each of thousands of requests would cost more than the requests do, and Node warns of more than ten.
 */
export function shareSignals(): Cancellation {
  const waiters = new WeakMap<AbortSignal, Set<(reason: unknown) => void>>()

  const waitersOf = (signal: AbortSignal) => {
    const known = waiters.get(signal)
    if (known !== undefined) return known
    const created = new Set<(reason: unknown) => void>()
    waiters.set(signal, created)
    const cancelAll = () => {
      for (const cancel of created) cancel(signal.reason)
    }
    signal.addEventListener('abort', cancelAll, { once: true })
    return created
  }
  return {
    add(signal, cancel) {
      const set = waitersOf(signal)
      set.add(cancel)
      return () => set.delete(cancel)
    },
  }
}
