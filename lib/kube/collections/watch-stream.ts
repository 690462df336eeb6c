import { type ApiError, apiErrorOf, MAX_ERROR_BYTES } from '../api-error.ts'
import { ConnectionError } from '../connection-error.ts'
import type { ResponseHeaders, Transfer } from '../http/exchange.ts'
import type { Transport, WireRequest } from '../http/transport.ts'
import { splitLines } from '../split-lines.ts'

/**
 * API servers send a bookmark about every minute. After so long without a byte the other end is taken for dead: a watch
 * that waits for ever measures nothing, and going on from the last place costs next to nothing.
 */
const SILENCE_MS = 150_000
/** More than this unread stops the flow until the reader has caught up. */
const MAX_UNREAD_BYTES = 16 << 20

export interface WatchLine {
  line: Buffer
  /** performance.now() when the last piece of the line arrived. */
  receivedMs: number
}

/**
 * One watch request: its lines as they come. Ends where the server ends it; throws ApiError where the server refuses it,
 * ConnectionError where the connection breaks, or the signal's reason.
 */
export async function* watchLines(
  transport: Transport,
  wire: WireRequest,
  authorization: string | undefined,
  onOpen: (() => void) | undefined,
): AsyncGenerator<WatchLine[]> {
  // It may have aborted while credentials were fetched, and tells nobody a second time.
  wire.signal?.throwIfAborted()
  let unread: WatchLine[] = []
  let unreadBytes = 0
  let isPaused = false
  let failure: unknown
  let ended = false
  let wake: (() => void) | undefined
  let refusal: { code: number; headers: ResponseHeaders; chunks: Buffer[]; bytes: number } | undefined

  const finish = (error: unknown) => {
    if (ended) return
    ended = true
    failure = error
    clearTimeout(silence)
    wake?.()
  }
  const split = splitLines((line, receivedMs) => {
    unread.push({ line, receivedMs })
    unreadBytes += line.length
  })
  const refuse = ({ code, headers, chunks }: NonNullable<typeof refusal>): ApiError => {
    const retryAfter = headers['retry-after']
    return apiErrorOf(code, Buffer.concat(chunks), Array.isArray(retryAfter) ? retryAfter[0] : retryAfter)
  }
  const transfer: Transfer = transport.stream(wire, authorization, {
    onHeaders(code, headers) {
      if (code < 200 || code >= 300) refusal = { code, headers, chunks: [], bytes: 0 }
      else onOpen?.()
    },
    onData(chunk) {
      const receivedMs = performance.now()
      silence.refresh()
      if (refusal !== undefined) {
        refusal.chunks.push(chunk)
        refusal.bytes += chunk.length
        if (refusal.bytes >= MAX_ERROR_BYTES) stop(refuse(refusal))
        return
      }
      try {
        split(chunk, receivedMs)
      } catch (error) {
        stop(badLine(error as Error))
        return
      }
      if (unreadBytes > MAX_UNREAD_BYTES && !isPaused) {
        isPaused = true
        transfer.pause()
      }
      if (unread.length > 0) wake?.()
    },
    onEnd: (error) => finish(error ?? (refusal === undefined ? undefined : refuse(refusal))),
  })
  const stop = (error: unknown) => {
    finish(error)
    transfer.cancel()
  }
  const silence = setTimeout(() => stop(silent()), SILENCE_MS).unref()

  try {
    while (true) {
      if (unread.length > 0) {
        const lines = unread
        unread = []
        unreadBytes = 0
        if (isPaused) {
          isPaused = false
          transfer.resume()
        }
        yield lines
      } else if (ended) {
        if (failure !== undefined) throw failure
        return
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        wake = undefined
      }
    }
  } finally {
    stop(undefined)
  }
}

function silent(): ConnectionError {
  return new ConnectionError('Unable to connect to the server: the watch has gone silent', {
    kind: 'lost',
    wasSent: true,
  })
}

function badLine(cause: Error): ConnectionError {
  return new ConnectionError(`Unable to connect to the server: watch: ${cause.message}`, {
    kind: 'bad-answer',
    wasSent: true,
    cause,
  })
}
