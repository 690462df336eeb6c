import { MAX_ERROR_BYTES } from '../api-error.ts'
import { ConnectionError, describeNetworkFault } from '../connection-error.ts'
import type { Connection } from '../kubeconfig/connection.ts'
import type { Cancellation } from './cancellation.ts'
import type { Exchange, ResponseHeaders, Transfer } from './exchange.ts'
import type { Lane, Lanes } from './lanes.ts'
import { repeatedHeaders } from './repeated-headers.ts'

export interface WireRequest {
  method: string
  /** With the query, as the API server knows it. */
  path: string
  headers: Readonly<Record<string, string>>
  body: Buffer | undefined
  lane: Lane
  /** For the whole request; 0 means none. For a stream: until its headers. */
  timeoutMs: number
  signal: AbortSignal | undefined
  onSent: ((sentMs: number) => void) | undefined
}

export interface Answer {
  code: number
  headers: ResponseHeaders
  body: Buffer
  /** performance.now() when the request was handed to a connection, and when the answer was complete. */
  sentMs: number
  receivedMs: number
}

export interface StreamSink {
  onHeaders(code: number, headers: ResponseHeaders): void
  onData(chunk: Buffer): void
  /** Exactly once; undefined where the server ended the answer properly. */
  onEnd(error: Error | undefined): void
}

/** Single tries of requests, with their time-outs and signals. */
export interface Transport {
  /** Rejects with ConnectionError, or with the signal's reason. */
  send(request: WireRequest, authorization: string | undefined, maxBytes: number): Promise<Answer>
  /** For a request whose answer has no foreseeable end. Its signal must not have aborted yet. */
  stream(request: WireRequest, authorization: string | undefined, sink: StreamSink): Transfer
}

/** Sends over the connections of the lanes, as whom the kubeconfig impersonates. */
export function openTransport(
  { pools }: Lanes,
  { url, impersonation }: Pick<Connection, 'url' | 'impersonation'>,
  cancellation: Cancellation,
): Transport {
  const basePath = url.pathname === '/' ? '' : url.pathname
  const identity = repeatedHeaders(impersonation)
  const target = { host: url.host }
  const exchangeOf = (request: WireRequest, authorization: string | undefined): Exchange => ({
    method: request.method,
    path: basePath + request.path,
    headers: { ...request.headers, ...identity, ...(authorization === undefined ? {} : { authorization }) },
    body: request.body,
  })
  /** Calls `abandon` when the time is up or the signal aborts; returns how to stop that. */
  const guard = (request: WireRequest, wasSent: () => boolean, abandon: (reason: unknown) => void) => {
    const { signal, timeoutMs } = request
    const timer = timeoutMs > 0 ? setTimeout(() => abandon(timedOut(timeoutMs, wasSent())), timeoutMs) : undefined
    const forget = signal === undefined ? undefined : cancellation.add(signal, abandon)
    return { timer, forget }
  }

  const send: Transport['send'] = (request, authorization, maxBytes) =>
    new Promise((resolve, reject) => {
      if (request.signal?.aborted) {
        reject(request.signal.reason)
        return
      }
      let code = 0
      let headers: ResponseHeaders = {}
      let sentMs = 0
      let bytes = 0
      const chunks: Buffer[] = []
      let guarded: ReturnType<typeof guard> | undefined
      const release = () => {
        clearTimeout(guarded?.timer)
        guarded?.forget?.()
      }
      const complete = () => {
        release()
        const [first] = chunks
        const body = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)
        resolve({ code, headers, body, sentMs, receivedMs: performance.now() })
      }
      const fail = (reason: unknown) => {
        release()
        reject(reason)
      }
      const abandon = (reason: unknown) => {
        transfer.cancel()
        fail(reason)
      }
      const transfer = pools[request.lane].send(exchangeOf(request, authorization), {
        onSent(atMs) {
          sentMs = atMs
          request.onSent?.(atMs)
        },
        onHeaders(status, received) {
          code = status
          headers = received
        },
        onData(chunk) {
          bytes += chunk.length
          chunks.push(chunk)
          if (code >= 400 && bytes >= MAX_ERROR_BYTES) {
            transfer.cancel()
            complete()
          } else if (bytes > maxBytes) {
            abandon(tooLarge(maxBytes))
          }
        },
        onEnd: complete,
        onError: (error) => fail(describeNetworkFault(error, target, sentMs !== 0)),
      })
      guarded = guard(request, () => sentMs !== 0, abandon)
    })

  const stream: Transport['stream'] = (request, authorization, sink) => {
    let ended = false
    let wasSent = false
    let guarded: ReturnType<typeof guard> | undefined
    const end = (error: Error | undefined) => {
      if (ended) return
      ended = true
      clearTimeout(guarded?.timer)
      guarded?.forget?.()
      sink.onEnd(error)
    }
    const transfer = pools[request.lane].send(exchangeOf(request, authorization), {
      onSent(atMs) {
        wasSent = true
        request.onSent?.(atMs)
      },
      onHeaders(code, headers) {
        clearTimeout(guarded?.timer)
        sink.onHeaders(code, headers)
      },
      onData: (chunk) => sink.onData(chunk),
      onEnd: () => end(undefined),
      onError: (error) => end(describeNetworkFault(error, target, wasSent)),
    })
    const cancel = (reason: unknown) => {
      transfer.cancel()
      end(reason as Error | undefined)
    }
    guarded = guard(request, () => wasSent, cancel)
    return { pause: () => transfer.pause(), resume: () => transfer.resume(), cancel: () => cancel(undefined) }
  }
  return { send, stream }
}

function timedOut(timeoutMs: number, wasSent: boolean): ConnectionError {
  return new ConnectionError(
    'Unable to connect to the server: net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
    {
      kind: 'timeout',
      wasSent,
      advice: [`the server gave no answer within ${timeoutMs / 1000}s; --request-timeout sets how long to wait`],
    },
  )
}

function tooLarge(maxBytes: number): ConnectionError {
  return new ConnectionError(`Unable to connect to the server: the answer is larger than ${maxBytes} bytes`, {
    kind: 'bad-answer',
    wasSent: true,
  })
}
