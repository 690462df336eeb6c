import { PerfError } from '../../errors/perf-error.ts'

/**
 * credentials: it wants to know who asks, or does not accept who does. query: it refuses the expression. bad-answer: what
 * answers is no Prometheus, or its answer is out of bounds. unreachable: it gives no answer. not-found: there is none, or
 * several to choose from.
 */
export type PrometheusFault = 'credentials' | 'query' | 'bad-answer' | 'unreachable' | 'not-found'

/** A Prometheus cannot be asked, or does not answer as it should. */
export class PrometheusError extends PerfError {
  override name = 'PrometheusError'
  readonly kind: PrometheusFault

  constructor(message: string, options: { kind: PrometheusFault; advice?: readonly string[]; cause?: unknown }) {
    super(message, options)
    this.kind = options.kind
  }
}

export function isPrometheusError(error: unknown): error is PrometheusError {
  return error instanceof PrometheusError
}
