import { counted } from '../record/counted.ts'
import type { Outcome, RunRecord } from '../record/run-record.ts'
import { printable } from './printable.ts'

// How a run ended, in words, for terminals and for pages.

/** The word of each outcome, and its color. */
export const VERDICTS = {
  passed: ['PASSED', 'green'],
  failed: ['FAILED', 'red'],
  'no-data': ['NO DATA', 'yellow'],
  aborted: ['ABORTED', 'yellow'],
  error: ['FAILED', 'red'],
} as const satisfies Record<Outcome, readonly [string, string]>

/** A comparison that nothing gates says no more than what it found, whatever that is. */
export function hasNoGate({ kind, outcome, parameters }: Pick<RunRecord, 'kind' | 'outcome' | 'parameters'>): boolean {
  return kind === 'compare' && outcome === 'passed' && parameters.failOnRegression === undefined
}

/** With which code the command ended, and what that says. */
export function exitMeaning(record: Pick<RunRecord, 'kind' | 'outcome' | 'parameters' | 'thresholds'>): string {
  const { outcome, thresholds } = record
  if (hasNoGate(record)) return 'Exit code 0: compared; without --fail-on-regression nothing fails it'
  if (outcome === 'passed' && thresholds.length > 0) return 'Exit code 0: all was measured, and every threshold holds'
  if (outcome === 'failed' && thresholds.some(({ passed }) => !passed))
    return 'Exit code 99: all was measured, and a threshold does not hold'
  return EXIT_MEANINGS[outcome]
}

const EXIT_MEANINGS: Readonly<Record<Outcome, string>> = {
  passed: 'Exit code 0: nothing is missing, and nothing was found that fails the run',
  failed: 'Exit code 99: the answer to what was asked is no',
  'no-data': 'Exit code 1: a figure that was asked for is missing',
  aborted: 'Exit code 129, 130 or 143: interrupted; what was known by then is shown',
  error: 'Exit code 1: something broke, or did not get ready; what was known by then is shown',
}

/** Of the run, in seconds. */
export function elapsedSeconds({ startedAt, finishedAt }: Pick<RunRecord, 'startedAt' | 'finishedAt'>): number {
  return (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000
}

/** Why it did not pass: thresholds, or the fault that ended it; empty where there is nothing more to say. */
export function verdictReason({ outcome, thresholds, findings }: RunRecord): string {
  const broken = brokenThresholds(thresholds)
  if (outcome === 'failed' && broken !== undefined) return broken
  return printable(findings.find(({ code }) => code === 'RunFailed')?.message ?? '')
}

/** How many thresholds do not hold, as a sentence without its full stop; undefined where all do. */
export function brokenThresholds(thresholds: RunRecord['thresholds']): string | undefined {
  const broken = thresholds.filter(({ passed }) => !passed).length
  if (broken === 0) return undefined
  return `${broken} of ${counted(thresholds.length, 'threshold')} ${broken === 1 ? 'does' : 'do'} not hold`
}

/** Whether anything is left in the cluster, and how it goes; nothing of a command that makes nothing. */
export function whatStays({ findings, parameters, details }: RunRecord): string {
  const { cleanUpCommand } = details
  if (typeof cleanUpCommand !== 'string') return ''
  const remove = `remove with "${cleanUpCommand}"`
  if (parameters.keep === true) return `Kept in the cluster: ${remove}.`
  return findings.some(({ code }) => code === 'LeftBehind')
    ? `Objects are left behind: ${remove}.`
    : 'Nothing left behind.'
}
