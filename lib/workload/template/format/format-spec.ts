/** Flags, width and precision of one verb of a format. */
export interface FormatSpec {
  readonly minus: boolean
  readonly plus: boolean
  readonly sharp: boolean
  readonly space: boolean
  readonly zero: boolean
  /** `%#v`: values in Go's syntax. */
  readonly goSyntax: boolean
  readonly width: number | undefined
  readonly precision: number | undefined
}

export const PLAIN: FormatSpec = {
  minus: false,
  plus: false,
  sharp: false,
  space: false,
  zero: false,
  goSyntax: false,
  width: undefined,
  precision: undefined,
}

/** Fills up to the width, counted in characters, as fmt does: zeros only to the left. */
export function pad(text: string, { width = 0, minus, zero }: FormatSpec): string {
  const missing = width - Array.from(text).length
  if (missing <= 0) return text
  if (minus) return text + ' '.repeat(missing)
  return (zero ? '0' : ' ').repeat(missing) + text
}
