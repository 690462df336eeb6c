/** Long enough for what a slow API server, or a webhook of its, has in hand. */
const DELAY_MS = 5000

/**
 * A signal that follows another some seconds later. Requests that make objects go by it: those that are under way when
 * a run is stopped end by themselves, and clean-up comes after what they made. Broken off, the API server may still
 * carry them out, unseen.
 */
export function lateSignal(signal: AbortSignal, delayMs = DELAY_MS): AbortSignal {
  const late = new AbortController()
  const follow = () => void setTimeout(() => late.abort(signal.reason), delayMs).unref()
  if (signal.aborted) follow()
  else signal.addEventListener('abort', follow, { once: true })
  return late.signal
}
