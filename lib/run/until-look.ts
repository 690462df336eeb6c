/** Lets others wait until something that changes bit by bit is as they want it. */
export interface Lookers {
  /** To be called after each change: all who wait look again. */
  readonly changed: () => void
  /**
   * Looks now and after each change until there is a result.
   * @throws what `look` throws, or the reason of the limit or of what ended the changes
   */
  readonly until: <T>(look: () => T | undefined, limit: AbortSignal) => Promise<T>
}

/** @param ended aborts when there will be no more changes */
export function createLookers(ended: AbortSignal): Lookers {
  const listeners = new Set<() => void>()
  const changed = () => {
    for (const listener of listeners) listener()
  }
  ended.addEventListener('abort', changed, { once: true })
  return {
    changed,
    until<T>(look: () => T | undefined, limit: AbortSignal) {
      return new Promise<T>((resolve, reject) => {
        const settle = (done: () => void) => {
          listeners.delete(check)
          limit.removeEventListener('abort', check)
          done()
        }
        const check = () => {
          try {
            limit.throwIfAborted()
            ended.throwIfAborted()
            const result = look()
            if (result !== undefined) settle(() => resolve(result))
          } catch (error) {
            settle(() => reject(error))
          }
        }
        listeners.add(check)
        limit.addEventListener('abort', check)
        check()
      })
    },
  }
}
