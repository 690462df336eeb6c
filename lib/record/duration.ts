import { UsageError } from '../errors/perf-error.ts'

// The longest duration that Go's time.Duration (64-bit nanoseconds) can hold.
const LONGEST_MS = 2 ** 63 / 1e6

const MILLISECONDS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3, // U+00B5, the micro sign
  μs: 1e-3, // U+03BC, the Greek letter
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

const PIECE = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y

/**
 * Milliseconds of a duration in Go's syntax (`time.ParseDuration`): `90s`, `1m30s`, `500ms`, `1.5h`, `-5s`, a plain `0`.
 * @throws UsageError that names the text and gives an example
 */
export function parseDuration(text: string): number {
  const negative = text.startsWith('-')
  const unsigned = negative || text.startsWith('+') ? text.slice(1) : text
  if (unsigned === '0') return 0
  let total = 0
  let position = 0
  while (position < unsigned.length) {
    PIECE.lastIndex = position
    const piece = PIECE.exec(unsigned)
    if (piece === null) break
    total += Number(piece[1]) * (MILLISECONDS[piece[2] ?? ''] ?? Number.NaN)
    position = PIECE.lastIndex
  }
  if (position === 0 || position < unsigned.length || total >= LONGEST_MS) {
    throw new UsageError(
      `invalid duration ${JSON.stringify(text)}: use a number with a unit, for example 90s, 1m30s or 500ms`,
    )
  }
  // Fifteen digits are exact in a double; what lies beyond is noise of the sum (1.001s is 1001ms).
  const exact = Number(total.toPrecision(15))
  return negative && exact > 0 ? -exact : exact
}

/** A duration as a person writes it in Go's syntax: `1m30s`, `2.5s`, `500ms`, `0s`. Reads back to the same milliseconds. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 0) return `-${formatDuration(-durationMs)}`
  if (durationMs === 0) return '0s'
  if (durationMs < 1000) return `${decimal(durationMs)}ms`
  const hours = Math.floor(durationMs / 3_600_000)
  const minutes = Math.floor((durationMs % 3_600_000) / 60_000)
  const secondsMs = durationMs % 60_000
  return [
    hours > 0 ? `${hours}h` : '',
    minutes > 0 ? `${minutes}m` : '',
    secondsMs > 0 ? `${decimal(secondsMs / 1000)}s` : '',
  ].join('')
}

// Never in exponent form: Go's syntax has none. Nanoseconds are the finest there is.
function decimal(value: number): string {
  return value.toFixed(9).replace(/\.?0+$/, '')
}
