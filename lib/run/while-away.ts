import { setTimeout as sleep } from 'node:timers/promises'
import { isApiError } from '../kube/api-error.ts'
import { isConnectionError } from '../kube/connection-error.ts'

const PATIENCE = {
  /** So long an API server may stay away: one that is restarted, or replaced by an upgrade, comes back within it. */
  patienceMs: 60_000,
  /** The client itself has tried for some seconds before. */
  pauseMs: 1000,
}

/**
 * Does the work again for as long as the API server is away, but not for ever.
 * @param work is handed what it has to call whenever the server has answered: patience begins anew with that
 * @throws what the work threw at last; that the server is away where the signal ended the waiting for it
 */
export async function whileAway(
  signal: AbortSignal,
  work: (onAnswer: () => void) => Promise<void>,
  { patienceMs, pauseMs } = PATIENCE,
): Promise<void> {
  let answeredMs = performance.now()
  let away: { error: unknown } | undefined
  const onAnswer = () => {
    answeredMs = performance.now()
    away = undefined
  }
  while (true) {
    try {
      return await work(onAnswer)
    } catch (error) {
      if (isAway(error)) away = { error }
      else if (!signal.aborted) throw error
      if (signal.aborted || performance.now() - answeredMs > patienceMs) throw away === undefined ? error : away.error
      await sleep(pauseMs, undefined, { signal }).catch(() => {})
    }
  }
}

/** Did the request fail because the API server is not there, or too busy? */
export function isAway(error: unknown): boolean {
  if (isApiError(error)) return [429, 502, 503, 504].includes(error.code)
  return isConnectionError(error) && ['refused', 'lost', 'unreachable', 'timeout'].includes(error.kind)
}
