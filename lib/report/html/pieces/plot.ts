import { type Content, type Html, html, jsonForScript } from '../html.ts'
import type { Plot } from '../plot-data.ts'

/** Colours that can be told apart, also by those who see fewer: no plot has more lines. */
export const MOST_SERIES = 8

export interface PlotOptions {
  readonly title: string
  readonly note?: Content
  readonly plot: Plot
  /** What there is to see, in a sentence, for those who cannot. */
  readonly alternative: string
  /** The figures as a table; also all that there is without the page's script. */
  readonly figures: Html
}

/** A place for a plot, with the data that the page's script draws it from, and the same in words and figures. */
export function plotFigure({ title, note, plot, alternative, figures }: PlotOptions): Html {
  const legend =
    plot.series.length < 2
      ? undefined
      : html`<ul class="legend">${plot.series.map(({ label }, index) => html`<li class="series-${index}">${label}</li>`)}</ul>`
  return html`<figure class="plot"><figcaption>${title}${note === undefined ? undefined : html`<span class="note">${note}</span>`}</figcaption><div class="canvas" role="img" aria-label="${alternative}"></div>${legend}<p class="read-out" aria-live="polite"></p><script type="application/json">${jsonForScript(compact(plot))}</script><details><summary>Figures</summary>${figures}</details></figure>`
}

/** No more digits than can be seen. */
function compact(plot: Plot): Plot {
  return {
    ...plot,
    series: plot.series.map(({ label, x, y }) => ({
      label,
      x: x.map((value) => round(value, 7)),
      y: y.map((value) => (value === null ? null : round(value, 5))),
    })),
  }
}

function round(value: number, digits: number): number {
  return Number(value.toPrecision(digits))
}
