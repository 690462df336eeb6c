/** One row of iperf2's text: what a stream has carried from `start` to `end`. */
export interface Iperf2Row {
  readonly stream: string
  /** The client receives: its number has an asterisk. */
  readonly isReverse: boolean
  /** What the server has seen of it, sent back at the end of a UDP test. */
  readonly isServerReport: boolean
  readonly start: number
  readonly end: number
  readonly bytes: number
  /** Behind the bandwidth: columns that differ by test and version. */
  readonly rest: string
}

const rowPattern =
  /^\[ *(\*?\d+)\] +(\d+\.\d+)-(\d+\.\d+) +sec +(\d+(?:\.\d+)?) ([KMGT]?)Bytes +\d+(?:\.\d+)? [KMGT]?bits\/sec(.*)$/
const reportPattern = /^\[ *(\*?\d+)\] Server Report:/
/** Of bytes iperf2 counts 1024 to the K, of bits 1000. */
const byteUnits: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 }

/** The rows of streams, in their order; sums over streams are left out. Units as they come: K, M, G. */
export function iperf2Rows(text: string): Iperf2Row[] {
  const rows: Iperf2Row[] = []
  const reported = new Set<string>()
  for (const line of text.split('\n')) {
    const report = reportPattern.exec(line)?.[1]
    if (report !== undefined) reported.add(report)
    const [, stream, start, end, amount, unit, rest] = rowPattern.exec(line.trimEnd()) ?? []
    if (stream === undefined || unit === undefined) continue
    rows.push({
      stream,
      isReverse: stream.startsWith('*'),
      isServerReport: reported.has(stream),
      start: Number(start),
      end: Number(end),
      bytes: Number(amount) * (byteUnits[unit] ?? Number.NaN),
      rest: rest ?? '',
    })
  }
  return rows
}

/**
 * The rows of one direction between two times, without the one at the end that sums up the stream: that one begins at 0
 * again, as no second row does.
 */
export function rowsBetween(rows: readonly Iperf2Row[], isReverse: boolean, start: number, end: number): Iperf2Row[] {
  const seen = new Set<string>()
  return rows.filter((row) => {
    const key = `${row.stream} ${row.start}`
    if (row.isReverse !== isReverse || row.isServerReport || seen.has(key)) return false
    seen.add(key)
    return row.start >= start - 1e-3 && row.end <= end + 1e-3
  })
}
