import { type Html, html, NOTHING } from '../html.ts'

const WIDTH = 400

export interface Span {
  readonly from: number
  readonly to: number
}

/** Where something lies between two ends, for the cell of a table whose other cells say the same in figures. */
export function bar(part: Span, whole: Span, marks: readonly number[] = []): Html {
  const length = whole.to - whole.from
  if (!(length > 0)) return NOTHING
  const at = (value: number) => Math.round(Math.min(1, Math.max(0, (value - whole.from) / length)) * WIDTH)
  const [from, to] = [at(part.from), at(part.to)]
  // What is shorter than a pixel is still there.
  const width = Math.max(2, to - from)
  return html`<svg class="bar" viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none" aria-hidden="true"><rect x="${Math.min(from, WIDTH - width)}" y="2" width="${width}" height="6"/>${marks.map((mark) => html`<rect class="mark" x="${Math.min(at(mark), WIDTH - 5)}" y="0" width="5" height="10"/>`)}</svg>`
}
