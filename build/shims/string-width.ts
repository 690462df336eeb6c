/**
 * Columns that a text takes on a terminal. Stands in for the string-width package in the bundle: that one builds an
 * Intl.Segmenter and a pattern of all emoji when it is loaded, which takes longer than the rest of the start.
 * What passes through here are progress lines: names and numbers, at times a wide character.
 */
export default function stringWidth(text: string): number {
  const visible = text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '')
  let width = 0
  for (const character of visible) {
    const code = character.codePointAt(0) ?? 0
    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || /\p{Mark}|\u200b|\u200d|\ufe0f/u.test(character)) continue
    width += isWide(code) ? 2 : 1
  }
  return width
}

// East Asian Wide and Fullwidth blocks and pictographs (Unicode Standard Annex 11), by block.
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf && code !== 0x303f) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  )
}
