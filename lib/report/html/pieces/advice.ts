import { type Html, html, NOTHING } from '../html.ts'

/** What to do, on lines of its own; nothing where there is nothing to do. */
export function adviceLines(...lines: readonly (string | undefined)[]): Html {
  const shown = lines.flatMap((line) =>
    line === undefined ? [] : [html`<span class="advice">${withFlags(line)}</span>`],
  )
  return shown.length === 0 ? NOTHING : html`${shown}`
}

/** A flag is not broken at its hyphens: whoever copies it has it whole. */
export function withFlags(text: string): Html {
  const parts = text.split(/((?<=^|\s)--[a-z][a-z-]*)/)
  return html`${parts.map((part, index) => (index % 2 === 0 ? part : html`<span class="flag">${part}</span>`))}`
}
