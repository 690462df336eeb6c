import { showControls } from '../printable.ts'

/** Markup that is safe as it stands. Only `html` and `trusted` make it. */
export interface Html {
  readonly markup: string
}

export type Content = Html | string | number | undefined | readonly Content[]

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/**
 * A template whose values are escaped, for text and for quoted attributes, unless they are markup themselves. Control
 * characters are shown and not obeyed, so that a name cannot turn around what stands beside it; line breaks stay.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return { markup: strings.map((string, index) => string + toMarkup(values[index])).join('') }
}

/** Texts of this program: style sheet, script, numbers that were put together here. */
export function trusted(markup: string): Html {
  return { markup }
}

export const NOTHING: Html = { markup: '' }

function toMarkup(value: Content): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return escapeText(value)
  if (typeof value === 'number') return String(value)
  return 'markup' in value ? value.markup : value.map(toMarkup).join('')
}

function escapeText(text: string): string {
  const sound = text.toWellFormed().replaceAll('\r\n', '\n')
  const lines = sound.split('\n').map(showControls).join('\n')
  return lines.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? character)
}

/** JSON for the inside of a script element: no text in it can end the element, or begin a comment. */
export function jsonForScript(value: unknown): Html {
  return {
    markup: JSON.stringify(value).replaceAll(
      /[<>&\u2028\u2029]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  }
}
