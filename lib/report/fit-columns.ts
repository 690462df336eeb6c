/** Spaces between columns. */
export const GAP = 3
/** Behind the titles, where there is room for it, when columns are left out that nobody called dispensable. */
export const MORE = '…'
/** Of a text that is cut so much is left at least; of what names the row it has to be known again. */
const LEAST_TEXT = 8
const LEAST_NAME = 16

/** What a column gives up where the terminal is too narrow. */
export interface FitRules {
  /** What stands to the right are figures, which are never cut. */
  align?: 'left' | 'right'
  /** Left out where the table is wider than the terminal, the highest number first, before anything is cut. */
  dispensable?: number
  /** Stays also where columns without a `dispensable` have to go, as the first one does. */
  kept?: boolean
}

/** Which columns a table of this width has, and how wide their cells may be. */
export interface FittedColumns {
  readonly isShown: readonly boolean[]
  readonly widths: readonly number[]
  /** Columns are left out that nobody called dispensable. */
  readonly hasMore: boolean
}

/**
 * What fits: first the dispensable columns go; then texts are cut, the longest first and the row's name last; then columns go
 * from the right, but for the first, which names the row, and those that are kept. Figures are never cut: where they alone are wider than
 * that, the table is.
 * @param rows with the titles, where they are shown
 */
export function fitColumns(
  columns: readonly FitRules[],
  rows: readonly (readonly string[])[],
  isWanted: readonly boolean[],
  width: number,
): FittedColumns {
  const isShown = [...isWanted]
  const natural = columns.map((_, index) => widest(rows.map((row) => row[index] ?? '')))
  const total = (widths: readonly number[]) =>
    widths.reduce((sum, each, index) => sum + (isShown[index] === true ? each + GAP : 0), -GAP)
  const leastWanted = columns
    .flatMap(({ dispensable }, index) => (dispensable === undefined ? [] : [{ dispensable, index }]))
    .toSorted((a, b) => b.dispensable - a.dispensable)
  for (const { index } of leastWanted) {
    if (total(natural) <= width) break
    isShown[index] = false
  }
  const name = isShown.indexOf(true)
  const least = columns.map(({ align }, index) => {
    const whole = natural[index] ?? 0
    if (align === 'right') return whole
    const figures = widest(rows.map((row) => row[index] ?? '').filter(isFigure))
    return Math.max(figures, Math.min(whole, index === name ? LEAST_NAME : LEAST_TEXT))
  })
  // What names a row is cut last.
  const gentle = least.map((each, index) => (index === name ? (natural[index] ?? 0) : Math.max(each, LEAST_NAME)))
  const widthsIn = (room: number) => {
    const fits = (widths: readonly number[]) => total(widths) <= room
    const gently = squeeze(natural, gentle, fits)
    return fits(gently) ? gently : squeeze(natural, least, fits)
  }
  let room = width
  for (;;) {
    const widths = widthsIn(room)
    if (total(widths) <= room) return { isShown, widths, hasMore: room < width }
    const spare = columns.findLastIndex(({ kept }, index) => isShown[index] === true && index !== name && kept !== true)
    // The sign goes before a column that has to stay.
    if (spare < 0) return { isShown, widths: widthsIn(width), hasMore: false }
    isShown[spare] = false
    room = width - GAP - MORE.length
  }
}

/** All that is longer than a limit is cut to it, if it may be: to the highest limit that fits. */
function squeeze(
  natural: readonly number[],
  least: readonly number[],
  fits: (widths: readonly number[]) => boolean,
): readonly number[] {
  const at = (limit: number) => natural.map((whole, index) => Math.min(whole, Math.max(limit, least[index] ?? 0)))
  let limit = Math.max(0, ...natural)
  while (limit > 0 && !fits(at(limit))) limit -= 1
  return at(limit)
}

function widest(cells: readonly string[]): number {
  return cells.reduce((most, cell) => Math.max(most, cell.length), 0)
}

/** A number, with its unit or more numbers behind it: `±20ms`, `10.5s to 13:50:22 UTC`, `931 of 1024`. */
function isFigure(cell: string): boolean {
  return /^[<>~±+-]*\d[\d.,]*(?: ?[%µA-Za-z/]+)?(?: |$)/.test(cell)
}

/**
 * A text of at most so many letters: a name without its middle, as its ends tell it from others; words without the last
 * ones. A number within it goes as a whole.
 */
export function cutText(text: string, width: number, isName: boolean): string {
  if (text.length <= width) return text
  if (isName || !text.includes(' ')) {
    const head = Math.floor((width - 1) / 2)
    return `${text.slice(0, head)}…${text.slice(text.length - (width - 1 - head))}`
  }
  const cut = text.slice(0, width - 1)
  const words = text[width - 1] === ' ' ? cut : cut.slice(0, cut.lastIndexOf(' '))
  const isTooShort = words.length < width / 2 && !/\d\S*$/.test(cut)
  return `${(isTooShort ? cut : words).trimEnd()}…`
}
