import ora from 'ora'
import { formatDuration } from '../lib/record/duration.ts'
import type { OutputStream } from './command.ts'
import { terminalWidth, wrapText } from './text-layout.ts'

/** Tells a person how far things are: on a terminal one line that changes, elsewhere a line for each step. */
export interface Progress {
  /** A step begins; elsewhere than on a terminal this is what is printed. */
  step(text: string): void
  /** How far the step is; shown on a terminal only, with the time since the first step. */
  update(text: string): void
  /** A line that stays. */
  note(text: string): void
  /** Clears the line that changes and gives the cursor back. */
  stop(): void
}

/** @param quiet print nothing at all */
export function showProgress(stderr: OutputStream, quiet: boolean): Progress {
  if (quiet) return { step() {}, update() {}, note() {}, stop() {} }
  // Terminals made by scripts may have no width; ora would erase lines for ever.
  if (stderr.isTTY !== true || stderr.columns === 0) {
    const line = (text: string) => void stderr.write(`${text}\n`)
    return { step: line, update() {}, note: line, stop() {} }
  }
  return spin(stderr)
}

function spin(stderr: OutputStream): Progress {
  let sinceMs: number | undefined
  const spinner = ora({
    stream: stderr as NodeJS.WriteStream,
    isEnabled: true,
    discardStdin: false,
    color: false,
    // Also of a step that hangs one sees that the program does not.
    suffixText: () =>
      sinceMs === undefined ? '' : `  ${formatDuration(Math.floor((performance.now() - sinceMs) / 1000) * 1000)}`,
  })
  return {
    step(text) {
      sinceMs ??= performance.now()
      spinner.start(text)
    },
    update: (text) => {
      spinner.text = text
    },
    note(text) {
      const wasSpinning = spinner.isSpinning
      spinner.stop()
      const width = terminalWidth(stderr)
      const lines = wrapText(text, width)
      for (const line of lines) stderr.write(`${line}\n`)
      if (wasSpinning) spinner.start()
    },
    stop: () => void spinner.stop(),
  }
}
