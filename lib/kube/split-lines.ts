/** An object of the API is at most 3 MB; something that sends longer lines is no API server. */
const MAX_LINE_BYTES = 16 << 20

const NEWLINE = 0x0a

/**
 * Cuts a stream into lines, each without its end; empty ones are left out. What follows the last newline waits for more.
 * @param onLine is told when the last piece of the line came, as whoever hands the pieces over has it
 * @throws RangeError when a line grows beyond `maxBytes`
 */
export function splitLines(
  onLine: (line: Buffer, receivedMs: number) => void,
  maxBytes: number = MAX_LINE_BYTES,
): (chunk: Uint8Array, receivedMs: number) => void {
  let held: Buffer[] = []
  let heldBytes = 0
  return (piece, receivedMs) => {
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const rest = chunk.subarray(start, end)
      start = end + 1
      if (heldBytes === 0) {
        if (rest.length > 0) onLine(rest, receivedMs)
        continue
      }
      held.push(rest)
      const line = Buffer.concat(held)
      held = []
      heldBytes = 0
      onLine(line, receivedMs)
    }
    if (start === chunk.length) return
    held.push(chunk.subarray(start))
    heldBytes += chunk.length - start
    if (heldBytes > maxBytes) throw new RangeError(`a line is longer than ${maxBytes} bytes`)
  }
}
