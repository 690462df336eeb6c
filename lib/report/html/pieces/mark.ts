import { type Html, html } from '../html.ts'

type MarkKind = 'good' | 'bad' | 'doubt' | 'plain'
export type Mark = readonly [kind: MarkKind, word: string]

/** A word that says how good something is, also to those who see no colour. */
export function mark(kind: MarkKind, word: string): Html {
  return html`<span class="mark ${kind}">${word}</span>`
}
