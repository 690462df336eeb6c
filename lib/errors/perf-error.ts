/**
 * A fault that a person can understand and act on: what went wrong, with which object, and what to do.
 * Everything else that is thrown is a bug of this program.
 */
export class PerfError extends Error {
  override name = 'PerfError'
  /** Lines that say what to do next, without a final period. */
  readonly advice: readonly string[]

  constructor(message: string, options: { advice?: readonly string[]; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.advice = options.advice ?? []
  }
}

/** Wrong words on the command line or in a file of the user's: found before anything was created. Exit code 2. */
export class UsageError extends PerfError {
  override name = 'UsageError'
}
