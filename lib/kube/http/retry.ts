import type { ApiError } from '../api-error.ts'
import type { ConnectionError } from '../connection-error.ts'

// The one policy of when a request is tried again, and after which pause.

/** With the pauses below: about 11 s, in which an API server comes back from a restart. */
const MAX_UNAVAILABLE_ATTEMPTS = 8
const MAX_ATTEMPTS: ReadonlyMap<number, number> = new Map([
  [429, 10],
  // A webhook that fails answers so too, and waiting for long does not mend it.
  [500, 3],
  [502, MAX_UNAVAILABLE_ATTEMPTS],
  [503, MAX_UNAVAILABLE_ATTEMPTS],
  [504, MAX_UNAVAILABLE_ATTEMPTS],
])
/** Of requests that an API server that is shutting a connection down has not looked at. */
const MAX_IMMEDIATE_RETRIES = 3
const FIRST_PAUSE_MS = 100
const MAX_PAUSE_MS = 5000
const MAX_RETRY_AFTER_MS = 60_000

export interface RetryContext {
  /** 1 for the first. */
  attempt: number
  /** Whether doing it twice does no harm. */
  isRepeatable: boolean
  /** Whether this server has answered any request before: a server that never was there will not come back. */
  hasAnswered: boolean
  /** 0..1 */
  random: number
}

/** The pause in ms before the next try, or undefined where there is to be none. */
export function pauseBeforeRetry(error: ApiError | ConnectionError, context: RetryContext): number | undefined {
  return 'code' in error ? pauseAfterAnswer(error, context) : pauseAfterFault(error, context)
}

function pauseAfterAnswer(error: ApiError, context: RetryContext): number | undefined {
  if (context.attempt >= (MAX_ATTEMPTS.get(error.code) ?? 0)) return undefined
  // 429: the server did not look at the request, so that repeating it does no harm whatever it is.
  if (!context.isRepeatable && error.code !== 429) return undefined
  return retryAfter(error, context) ?? backOff(context)
}

function pauseAfterFault(error: ConnectionError, context: RetryContext): number | undefined {
  const { attempt, isRepeatable, hasAnswered } = context
  const isAway = error.kind === 'refused' || error.kind === 'unreachable'
  if (attempt >= MAX_UNAVAILABLE_ATTEMPTS || !(error.kind === 'lost' || (isAway && hasAnswered))) return undefined
  if (error.wasSent) return isRepeatable ? backOff(context) : undefined
  // The server has only closed this connection to new requests: another one takes it now.
  return error.kind === 'lost' && attempt <= MAX_IMMEDIATE_RETRIES ? 0 : backOff(context)
}

/** What the server asked for, and a little more, so that those who were told the same do not return as one. */
function retryAfter({ retryAfterSeconds }: ApiError, { random }: RetryContext): number | undefined {
  if (retryAfterSeconds === undefined) return undefined
  return Math.min(retryAfterSeconds * 1000, MAX_RETRY_AFTER_MS) * (1 + random / 10)
}

/** Doubles from 0.1 s to 5 s, give or take a quarter. */
export function backOff({ attempt, random }: Pick<RetryContext, 'attempt' | 'random'>): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), MAX_PAUSE_MS) * (0.75 + random / 2)
}
