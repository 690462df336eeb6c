/** One request as it goes over the wire. */
export interface Exchange {
  method: string
  /** With the query. */
  path: string
  /** Lower-case names; a list stands for a header that is repeated. */
  headers: Readonly<Record<string, string | readonly string[]>>
  body: Buffer | undefined
}

export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>

/** Who waits for the answer. After onEnd or onError nothing is called any more. */
export interface ExchangeHandler {
  /** The request is being written; `sentMs` is performance.now(). */
  onSent(sentMs: number): void
  onHeaders(code: number, headers: ResponseHeaders): void
  onData(chunk: Buffer): void
  onEnd(): void
  onError(error: Error): void
}

/** A request under way. */
export interface Transfer {
  /** Gives it up; the handler hears nothing more. */
  cancel(): void
  /** Stops and resumes the flow of the answer, for whoever falls behind. */
  pause(): void
  resume(): void
}

/** One open connection to the server, over HTTP/2 or HTTP/1.1. */
export interface HttpConnection {
  readonly protocol: 'http1' | 'http2'
  readonly inFlight: number
  /** How many more requests it can take now. */
  readonly free: number
  /** It takes no more requests, and goes away as soon as the last one is done. */
  readonly retiring: boolean
  send(exchange: Exchange, handler: ExchangeHandler): Transfer
  retire(): void
  /** Goes away now; requests under way fail with `error`. */
  destroy(error: Error): void
}

export interface ConnectionEvents {
  /** A request ended, or the connection can take more than before. */
  onRoom(): void
  onClose(): void
}
