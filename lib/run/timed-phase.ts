import type { Phase } from '../record/run-record.ts'

/** A time between two moments of the monotonic clock, as the record has it. */
export function since(startedMs: number, endedMs = performance.now()): Pick<Phase, 'startedAt' | 'durationSeconds'> {
  return { startedAt: timeOfDay(startedMs).toISOString(), durationSeconds: (endedMs - startedMs) / 1000 }
}

/**
 * A moment of the monotonic clock as the record has it: so that two of them are as far apart as they were, also when the
 * clock of the machine is set in between.
 */
export function timeOfDay(monotonicMs: number): Date {
  return new Date(performance.timeOrigin + monotonicMs)
}

/** A moment of the record by the monotonic clock. */
export function monotonicMs(timestamp: string): number {
  return Date.parse(timestamp) - performance.timeOrigin
}

/**
 * Times a phase and puts it into the list when it has ended, well or not.
 * @param work is handed an object for what is to be said of the phase beside its time
 */
export async function timedPhase<T>(
  phases: Phase[],
  name: string,
  work: (facts: Pick<Phase, 'count' | 'note'>) => Promise<T>,
): Promise<T> {
  const startedMs = performance.now()
  const facts: Pick<Phase, 'count' | 'note'> = {}
  try {
    return await work(facts)
  } finally {
    phases.push({ name, ...since(startedMs), ...facts })
  }
}
