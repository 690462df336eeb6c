const NAMED: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
}

/** Whether Go takes the character for printable: letters, marks, numbers, punctuation, symbols, and the ASCII space. */
export function isPrintable(character: string): boolean {
  return /^[ \p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(character)
}

/** A text as a Go literal in the given quotes (strconv.Quote); with `ascii` all other characters are escaped. */
export function quoteGo(text: string, quote: '"' | "'" = '"', ascii = false): string {
  let quoted = quote
  for (const character of text) quoted += escaped(character, quote, ascii)
  return quoted + quote
}

function escaped(character: string, quote: string, ascii: boolean): string {
  if (character === quote || character === '\\') return `\\${character}`
  const code = character.codePointAt(0) ?? 0
  if (isPrintable(character) && (!ascii || code < 0x80)) return character
  if (NAMED[code] !== undefined) return NAMED[code]
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`
  if (code >= 0xd800 && code < 0xe000) return '\\ufffd'
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
}

function hex(value: number, width: number): string {
  return value.toString(16).padStart(width, '0')
}

/** Whether the text can stand between back quotes as it is. */
export function canBackquote(text: string): boolean {
  return !/[\0-\x08\x0a-\x1f\x7f`\ufeff]/.test(text)
}
