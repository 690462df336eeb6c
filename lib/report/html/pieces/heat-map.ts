import { type Content, type Html, html } from '../html.ts'
import { wholeNumber } from './figure.ts'

const STEPS = 10
/** More rows or columns than that nobody takes in, and the file has its bounds. */
const MOST = 100

export interface HeatMap {
  readonly caption: string
  readonly note?: Content
  /** Of the corner: what the rows and the columns are. */
  readonly corner: string
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  /** Undefined: there is no such cell. value undefined: no data. */
  readonly cell: (
    row: string,
    column: string,
  ) => { readonly value: number | undefined; readonly shown: Html } | undefined
  /** Which values are dark: high ones in a colour that warns, or high ones in one that does not. */
  readonly tone: 'warn' | 'calm'
  /** Of the lightest and the darkest; without it the least and the most that there is. */
  readonly range?: readonly [lowest: number, highest: number]
}

/** A table whose cells are coloured by their values. */
export function heatMap({ caption, note, corner, tone, cell, ...map }: HeatMap): Html {
  const [rows, columns] = [map.rows.slice(0, MOST), map.columns.slice(0, MOST)]
  const values = rows.flatMap((row) => columns.flatMap((column) => cell(row, column)?.value ?? []))
  const [lowest, highest] = map.range ?? [minimum(values), maximum(values)]
  const stepOf = (value: number) =>
    highest > lowest ? Math.round(Math.min(1, Math.max(0, (value - lowest) / (highest - lowest))) * (STEPS - 1)) : 0
  const cellOf = (row: string, column: string) => {
    const found = cell(row, column)
    if (found === undefined) return html`<td class="number"></td>`
    const heat = found.value === undefined ? undefined : html` ${tone}-${stepOf(found.value)}`
    return html`<td class="number${heat}">${found.shown}</td>`
  }
  const left = [
    ...(map.rows.length > MOST ? [`${wholeNumber(map.rows.length - MOST)} rows`] : []),
    ...(map.columns.length > MOST ? [`${wholeNumber(map.columns.length - MOST)} columns`] : []),
  ]
  return html`<div class="table"><table class="heat"><caption><span>${caption}</span>${note === undefined ? undefined : html`<span class="note">${note}</span>`}</caption><thead><tr><th scope="col">${corner}</th>${columns.map((column) => html`<th scope="col" class="number">${column}</th>`)}</tr></thead><tbody>${rows.map((row) => html`<tr><th scope="row">${row}</th>${columns.map((column) => cellOf(row, column))}</tr>`)}</tbody></table></div>${left.length === 0 ? undefined : html`<p class="note">Not shown: ${left.join(' and ')}; all are in the record of the run.</p>`}`
}

function minimum(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
}

function maximum(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
}
