import type { ResponseHeaders } from './exchange.ts'
import type { Lane } from './lanes.ts'
import type { Verb } from './request-target.ts'

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

export interface RequestOptions {
  query?: Query | undefined
  accept?: string | undefined
  contentType?: string | undefined
  signal?: AbortSignal | undefined
  /** Instead of the connection's; 0 means none. */
  timeoutMs?: number | undefined
  /** false: one try only. */
  retry?: boolean | undefined
  /** Called once, when the request is first handed to a connection; performance.now(). */
  onSent?: ((sentMs: number) => void) | undefined
}

export interface KubeRequest extends RequestOptions {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  /** An object is written as JSON; a string goes as it is. */
  body?: string | object | undefined
  lane?: Lane | undefined
}

export interface KubeResponse {
  code: number
  headers: ResponseHeaders
  body: Buffer
  /** performance.now() when the request was first handed to a connection, over all tries. */
  sentMs: number
  /** performance.now() when the answer was complete. */
  receivedMs: number
  attempts: number
  text(): string
  /** Throws a ConnectionError where the body is no JSON. */
  json(): unknown
}

/** One try of one request, as the client saw it. Watches give none: they last as long as one wants. */
export interface RequestSample {
  verb: Verb
  /** Plural, e.g. pods; with the subresource, e.g. pods/binding; the path where it is no resource. */
  resource: string
  /** HTTP status; 0 where no answer came. */
  code: number
  /** performance.now() when it was handed to a connection: waiting for one is not the server's time. */
  startedAtMs: number
  durationMs: number
  /** 1 for the first try. */
  attempt: number
  /** The server answered 429. */
  throttled: boolean
}

export type Requester = (request: KubeRequest) => Promise<KubeResponse>
