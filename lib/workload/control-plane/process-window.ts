import type { Exposition } from '../../prometheus/exposition/exposition.ts'
import { type ScrapeDelta, subtractScrapes } from '../../prometheus/figures/subtract.ts'

/** What one process counted in a time. */
export interface ProcessWindow {
  readonly before: Exposition
  readonly after: Exposition
  /** What its counters and histograms grew by. */
  readonly delta: ScrapeDelta
  readonly seconds: number
}

/** Some program may call something a counter that goes down. */
const MOST_RESETS = 0.01

/**
 * What a process counted between two scrapes of it. Its start, to a hundredth of a second, tells it from others, but two
 * API servers that are started together can have the same: where many counters went down, it is another process as well.
 * @param seconds between the two scrapes
 * @returns null when they are of two processes, whose counters have nothing to do with each other
 */
export function processWindow(before: Exposition, after: Exposition, seconds: number): ProcessWindow | null {
  const delta = subtractScrapes(before, after)
  if (delta === null) return null
  const isOther = delta.resets.length > 1 && delta.resets.length > MOST_RESETS * countSeries(delta)
  return isOther ? null : { before, after, delta, seconds }
}

function countSeries({ samples, histograms }: Exposition): number {
  const sizes = [
    ...[...samples.values()].map(({ series }) => series.size),
    ...[...histograms.values()].map(({ size }) => size),
  ]
  return sizes.reduce((sum, size) => sum + size, 0)
}
