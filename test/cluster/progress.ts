/** Where the rig tells what it does: one line at a time, never on stdout, which belongs to the results. */
export type Report = (line: string) => void

/** Writes lines to stderr. */
export function reportToStderr(line: string): void {
  process.stderr.write(`${line}\n`)
}

/**
 * Shows that something long is going on: on a terminal one line that is rewritten every second, elsewhere a new line every
 * 15 seconds. `describe` gets the elapsed seconds. `stop` clears the line. (Node 22 does not know `using`.)
 */
export function showProgress(report: Report, describe: (elapsedSeconds: number) => string): { stop(): void } {
  const startedAt = Date.now()
  const elapsedSeconds = () => Math.round((Date.now() - startedAt) / 1000)
  const rewrites = process.stderr.isTTY && report === reportToStderr
  const clearLine = '\r\x1b[2K'
  const tick = () => {
    const line = describe(elapsedSeconds())
    if (rewrites) process.stderr.write(`${clearLine}${line.slice(0, (process.stderr.columns ?? 80) - 1)}`)
    else report(line)
  }
  const timer = setInterval(tick, rewrites ? 1000 : 15_000)
  return {
    stop() {
      clearInterval(timer)
      if (rewrites) process.stderr.write(clearLine)
    },
  }
}

/** `75` is `1m15s`. */
export function formatSeconds(seconds: number): string {
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`
}
