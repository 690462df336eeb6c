import type { Exposition } from '../../../../lib/prometheus/exposition/exposition.ts'
import { type ProcessWindow, processWindow } from '../../../../lib/workload/control-plane/process-window.ts'

/** The window between two scrapes that are of one process. */
export function windowOf(before: Exposition, after: Exposition, seconds = 1): ProcessWindow {
  const window = processWindow(before, after, seconds)
  if (window === null) throw new Error('not the same process')
  return window
}
