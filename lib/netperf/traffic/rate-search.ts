/** The highest rate counts whose loss is at most this. */
export const MOST_LOSS = 0.001
/** Good enough: the highest rate that holds and the lowest that does not are this close. */
const CLOSE_ENOUGH = 1.05
const FIRST_BITS_PER_SECOND = 100e6
/** Below, something is broken that no rate repairs. */
const LOWEST_BITS_PER_SECOND = 100e3
/** A sender that stays this far below its rate cannot do more. */
const REACHED = 0.95
/** What held for a short time may not hold for longer: so often a lower rate is tried. */
const MOST_STEPS_DOWN = 6
const STEP_DOWN = 0.75

export interface RateTry {
  /** What was asked for. */
  readonly bitsPerSecond: number
  /** A ratio. */
  readonly loss: number
}

export interface RateSearcher {
  readonly tries: readonly RateTry[]
  /** The next rate to try, in bit/s; undefined: the search is over. */
  next(): number | undefined
  /** What the try at the rate of `next` has shown. */
  observe(result: { loss: number; sentBitsPerSecond: number | undefined }): void
  /** The highest rate that held; undefined: none did. */
  readonly best: number | undefined
  /**
   * What a whole measurement at `best` has shown. Where it loses too much, `best` becomes lower, until that has happened
   * too often and it is undefined.
   * @returns whether the rate holds
   */
  confirm(loss: number): boolean
}

/**
 * Searches for the highest rate at which (nearly) nothing is lost: doubles until a rate does not hold, then takes the
 * geometric mean between what holds and what does not. A rate does not hold when it has failed twice.
 */
export function searchRate(mostTries: number): RateSearcher {
  const tries: RateTry[] = []
  let holds: number | undefined
  let fails: number | undefined
  let isTop = false
  let isDoubtful = false
  let stepsDown = 0
  const next = () => {
    if (tries.length >= mostTries || isTop) return undefined
    if (isDoubtful) return tries.at(-1)?.bitsPerSecond
    if (holds === undefined && fails === undefined) return FIRST_BITS_PER_SECOND
    if (fails === undefined) return (holds ?? 0) * 2
    if (holds === undefined) return fails / 4 >= LOWEST_BITS_PER_SECOND ? fails / 4 : undefined
    return fails / holds <= CLOSE_ENOUGH ? undefined : Math.sqrt(holds * fails)
  }
  return {
    tries,
    next,
    observe({ loss, sentBitsPerSecond }) {
      const bitsPerSecond = next()
      if (bitsPerSecond === undefined) throw new RangeError('the search is over')
      tries.push({ bitsPerSecond, loss })
      if (loss > MOST_LOSS) {
        // A moment without a CPU at either end loses a burst: only what happens again is the network's.
        isDoubtful = !isDoubtful
        if (isDoubtful) return
        fails = Math.min(fails ?? bitsPerSecond, bitsPerSecond)
        return
      }
      isDoubtful = false
      const isReached = sentBitsPerSecond === undefined || sentBitsPerSecond >= bitsPerSecond * REACHED
      holds = Math.max(holds ?? 0, isReached ? bitsPerSecond : sentBitsPerSecond)
      isTop = !isReached
    },
    get best() {
      return holds
    },
    confirm(loss) {
      if (holds === undefined || loss <= MOST_LOSS) return true
      tries.push({ bitsPerSecond: holds, loss })
      stepsDown += 1
      holds = stepsDown > MOST_STEPS_DOWN ? undefined : holds * STEP_DOWN
      return false
    },
  }
}
