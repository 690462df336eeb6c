import { PerfError } from '../errors/perf-error.ts'
import type { Finding } from '../record/run-record.ts'

/** The fault that ended a run, as the finding that the verdict repeats. */
export function runFailed(error: unknown): Finding {
  const advice = error instanceof PerfError ? error.advice.join('; ') : ''
  return {
    severity: 'error',
    code: 'RunFailed',
    message: error instanceof Error ? error.message : String(error),
    ...(advice === '' ? {} : { advice }),
  }
}
