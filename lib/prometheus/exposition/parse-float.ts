const SPECIAL: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '+inf': Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
}

/** The number that Go's strconv.ParseFloat reads, without its hexadecimal floats; undefined for anything else. */
export function parseFloat64(text: string): number | undefined {
  const value = Number(text)
  if (!Number.isFinite(value)) return SPECIAL[text.toLowerCase()]
  // Number() takes more than floats: "", and the integers 0x10, 0b1 and 0o7.
  if (text === '' || (text.length > 2 && text.startsWith('0') && 'xXbBoO'.includes(text.charAt(1)))) return undefined
  return value
}
