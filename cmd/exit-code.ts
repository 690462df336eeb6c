import type { Outcome } from '../lib/record/run-record.ts'
import { Interruption } from './signals.ts'

export const PASSED = 0
export const ERROR = 1
export const USAGE = 2
export const FAILED = 99

const SIGNAL_NUMBER = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }

/** The exit code of a run that ended with this outcome. */
export function outcomeExitCode(outcome: Outcome, signal: AbortSignal): number {
  switch (outcome) {
    case 'passed':
      return PASSED
    case 'failed':
      return FAILED
    case 'no-data':
    case 'error':
      return ERROR
    case 'aborted':
      return interruptionExitCode(signal.reason)
  }
}

/** 129 for SIGHUP, 130 for SIGINT and 143 for SIGTERM, as shells count: 128 plus the number of the signal. */
export function interruptionExitCode(reason: unknown): number {
  return reason instanceof Interruption ? 128 + SIGNAL_NUMBER[reason.signalName] : ERROR
}

/**
 * The line of a command's help for a run that was stopped.
 * @param then what follows it: `, after cleaning up`
 */
export function interruptedExitCodes(then = ''): readonly [code: string, meaning: string] {
  return ['129, 130, 143', `Interrupted by SIGHUP, SIGINT or SIGTERM${then}`]
}

/** What the help of a command that measures says about its exit codes. */
export const runExitCodes: readonly (readonly [code: string, meaning: string])[] = [
  ['0', 'All was measured and every threshold holds'],
  ['99', 'A threshold does not hold'],
  ['1', 'Something is missing or broken: a figure, a pod that did not get ready, a permission, the cluster'],
  ['2', 'The command line is wrong; nothing was created'],
  interruptedExitCodes(', after cleaning up'),
]

/** The same for a command that just does its work. */
export const plainExitCodes: readonly (readonly [code: string, meaning: string])[] = [
  ['0', 'Done'],
  ['1', 'Something failed'],
  ['2', 'The command line is wrong'],
]
