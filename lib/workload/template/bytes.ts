// Go's strings are bytes, of which len, slice, trunc and substr count and cut: in these functions every index is a byte's.

const NOT_ASCII = /[^\0-\x7f]/

/** Of the text in UTF-8. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text)
}

/** The bytes `start` to `end` (exclusive) as text; a character cut in two becomes U+FFFD. */
export function byteSlice(text: string, start: number, end: number): string {
  if (!NOT_ASCII.test(text)) return text.slice(start, end)
  return Buffer.from(text).subarray(start, end).toString('utf8')
}

/** The byte at an index; undefined beyond the end. */
export function byteAt(text: string, index: number): number | undefined {
  return Buffer.from(text)[index]
}
