import type { LoadPhase, Operation, Step } from '../load.ts'

export interface ChurnPlan {
  /** Share of the objects that each cycle replaces, 0 < percent <= 100. */
  percent: number
  cycles: number
  /** Pause before each cycle. */
  delayMs: number
}

/** How one object of the load is taken away and how another takes its place. */
export interface Replaceable {
  remove: (index: number, cycle: number) => Operation
  /** The same object under a name of its own for each cycle, so that it need not wait for the old one to be gone. */
  create: (index: number, cycle: number) => Operation
}

/**
 * A phase that deletes a part of the objects and creates as many anew, cycle by cycle, and waits for the new ones each
 * time. The part moves on with each cycle, so that no object is left alone for ever.
 * @param madeBy is told which cycle made the object that stands at an index; absent: the load itself
 */
export function churnPhase(
  { percent, cycles, delayMs }: ChurnPlan,
  objects: number,
  { remove, create }: Replaceable,
  pace: LoadPhase['pace'],
  madeBy = new Map<number, number>(),
): LoadPhase {
  const share = Math.max(1, Math.round((objects * percent) / 100))
  function* steps(): Iterable<Step> {
    yield { churn: 'begins' }
    for (let cycle = 1; cycle <= cycles; cycle += 1) {
      if (delayMs > 0) yield { pauseMs: delayMs }
      const chosen = Array.from({ length: share }, (_, index) => ((cycle - 1) * share + index) % objects)
      for (const index of chosen) yield remove(index, madeBy.get(index) ?? 0)
      for (const index of chosen) {
        madeBy.set(index, cycle)
        yield create(index, cycle)
      }
      yield { wait: 'pods' }
    }
    yield { churn: 'ends' }
  }
  return {
    name: 'churn',
    count: 2 * share * cycles,
    steps,
    pace,
    waitsForPods: true,
    pausesMs: cycles * delayMs,
  }
}
