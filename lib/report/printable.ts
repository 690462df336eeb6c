/**
 * Text of unknown origin made safe for a terminal: cut at the first line break, escape sequences and other control
 * characters shown in caret notation (ESC as ^[), as kubectl does.
 */
export function printable(text: string): string {
  const [line = ''] = text.split(/[\n\r\f]/, 1)
  return showControls(line)
}

/** Control characters, and those that turn the direction of writing, in a notation that a person can see. */
export function showControls(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0)
    if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`
    return code === 0x7f ? '^?' : `\\u${code.toString(16).padStart(4, '0')}`
  })
}
