import { type Html, html } from '../html.ts'
import { noData } from '../pieces/figure.ts'

/** How full a map is; where only a bound is known, that. */
export function pressure(value: number | undefined, atMost: number | undefined): Html {
  if (value !== undefined) return html`<data value="${value}" title="${value}">${value.toFixed(2)}</data>`
  return atMost === undefined
    ? noData
    : html`<data value="${atMost}" title="below ${atMost}">&lt; ${atMost.toFixed(2)}</data>`
}
