import uPlot from 'uplot'
import type { Plot } from '../plot-data.ts'
import { plotOptions } from './plot-options.ts'
import { readOut } from './read-out.ts'

const HEIGHT = 260

interface Drawing {
  readonly plot: Plot
  readonly place: HTMLElement
  readonly output: HTMLElement | null
  chart: uPlot
}

/** Draws every plot of the page, anew when colours or width change. */
export function drawPlots(): void {
  const drawings = [...document.querySelectorAll('figure.plot')].flatMap((figure) => begin(figure) ?? [])
  const redraw = () => {
    for (const drawing of drawings) {
      drawing.chart.destroy()
      drawing.chart = draw(drawing)
    }
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw)
  // Paper is white, whatever the screen is.
  matchMedia('print').addEventListener('change', redraw)
  const observer = new ResizeObserver(() => {
    for (const { chart, place } of drawings) {
      if (place.clientWidth > 0 && place.clientWidth !== chart.width)
        chart.setSize({ width: place.clientWidth, height: HEIGHT })
    }
  })
  for (const { place } of drawings) observer.observe(place)
}

function begin(figure: Element): Drawing | undefined {
  const place = figure.querySelector<HTMLElement>('.canvas')
  const data = figure.querySelector('script[type="application/json"]')?.textContent
  if (place === null || data === undefined) return undefined
  const drawing = { plot: JSON.parse(data) as Plot, place, output: figure.querySelector<HTMLElement>('.read-out') }
  const complete: Drawing = { ...drawing, chart: draw(drawing) }
  place.tabIndex = 0
  place.addEventListener('keydown', (event) => moveCursor(event, complete.chart))
  return complete
}

function draw({ plot, place, output }: Omit<Drawing, 'chart'>): uPlot {
  const onCursor = (index: number | null | undefined) => {
    if (output !== null)
      output.textContent = readOut(plot, index === null || index === undefined ? undefined : data[0][index])
  }
  const data = align(plot)
  return new uPlot(plotOptions(plot, place, HEIGHT, onCursor), data, place)
}

/** On one x axis: undefined where a series has no point, which draws on; null where it has no data, which is a gap. */
function align({ series }: Plot): uPlot.AlignedData {
  const tables = series.map(({ x, y }): uPlot.AlignedData => [[...x], [...y]])
  return tables.length === 1 && tables[0] !== undefined
    ? tables[0]
    : uPlot.join(
        tables,
        tables.map(() => [0, 2]),
      )
}

/** Left and right go from point to point, with Shift by ten, Home and End to the ends. */
function moveCursor(event: KeyboardEvent, chart: uPlot): void {
  const last = chart.data[0].length - 1
  const at = chart.cursor.idx ?? -1
  const step = event.shiftKey ? 10 : 1
  const targets: Readonly<Record<string, number>> = {
    ArrowRight: at + step,
    ArrowLeft: at < 0 ? last : at - step,
    Home: 0,
    End: last,
  }
  const target = targets[event.key]
  if (target === undefined) return
  event.preventDefault()
  const index = Math.min(last, Math.max(0, target))
  const x = chart.data[0][index]
  if (x === undefined) return
  chart.setCursor({ left: chart.valToPos(x, 'x'), top: chart.over.clientHeight / 2 })
}
