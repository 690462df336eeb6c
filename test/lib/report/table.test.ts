import fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderTable } from '../../../lib/report/table.ts'

const columns = [{ title: 'NAME' }, { title: 'COUNT', align: 'right' as const }, { title: 'REASON' }]

test("columns stand three spaces apart, numbers to the right, nothing at a line's end", () => {
  expect(
    renderTable(columns, [
      ['a', '5', ''],
      ['long-name', '1234567', 'why not'],
    ]),
  ).toBe('NAME          COUNT   REASON\na                 5\nlong-name   1234567   why not\n')
})

test('no rows, no headers; and headers can be left out', () => {
  expect(renderTable(columns, [])).toBe('')
  expect(renderTable(columns, [['a', '5', 'b']], false)).toBe('a   5   b\n')
})

test('what a cluster sends cannot move the cursor or break a line', () => {
  expect(renderTable([{ title: 'X' }], [['\u001b[31mred\nsecond']])).toBe('X\n^[[31mred\n')
})

test('on a terminal that is too narrow the columns go that are wanted least', () => {
  const spare = [
    { title: 'NAME' },
    { title: 'PLACE', dispensable: 1 },
    { title: 'COUNT', align: 'right' as const },
    { title: 'DETAIL', dispensable: 2 },
  ]
  const rows = [['a', 'somewhere', '5', 'more words']]
  const whole = 'NAME   PLACE       COUNT   DETAIL\na      somewhere       5   more words\n'
  expect(renderTable(spare, rows)).toBe(whole)
  expect(renderTable(spare, rows, true, 37)).toBe(whole)
  expect(renderTable(spare, rows, true, 36)).toBe('NAME   PLACE       COUNT\na      somewhere       5\n')
  expect(renderTable(spare, rows, true, 12)).toBe('NAME   COUNT\na          5\n')
})

test('then texts are cut: names in their middle, words at a word, figures never', () => {
  const room = [{ title: 'POD' }, { title: 'READY', align: 'right' as const }, { title: 'TOOK' }, { title: 'MOSTLY' }]
  const rows = [
    ['perf-3f9kq2-17/pod-17', '1.39s', '±20.5ms of it', 'starting containers (+900ms)'],
    ['perf-3f9kq2-3/pod-3', '1.01s', '±20.5ms of it', 'sandbox+CNI (+300ms)'],
  ]
  expect(renderTable(room, rows, true, 65)).toMatchInlineSnapshot(`
    "POD                     READY   TOOK            MOSTLY
    perf-3f9kq2-17/pod-17   1.39s   ±20.5ms of it   starting contain…
    perf-3f9kq2-3/pod-3     1.01s   ±20.5ms of it   sandbox+CNI…
    "
  `)
  expect(renderTable(room, rows, true, 52)).toMatchInlineSnapshot(`
    "POD                READY   TOOK            MOSTLY
    perf-3f…7/pod-17   1.39s   ±20.5ms of it   starting…
    perf-3f…-3/pod-3   1.01s   ±20.5ms of it   sandbox…
    "
  `)
})

test('then columns go from the right, which the titles tell, but for those that are kept', () => {
  const figures = ['P50', 'P90', 'MAX'].map((title) => ({ title, align: 'right' as const }))
  const all = [{ title: 'STEP' }, ...figures, { title: 'VERDICT', kept: true }]
  const rows = [['ready', '1.10s', '1.20s', '1.30s', 'worse']]
  expect(renderTable(all, rows, true, 30)).toBe('STEP      P50   VERDICT   …\nready   1.10s   worse\n')
  expect(renderTable(all, rows, true, 15)).toBe('STEP    VERDICT\nready   worse\n')
  expect(renderTable(all, rows, false, 26)).toBe('ready   1.10s   worse\n')
  // What is left cannot be made smaller.
  expect(renderTable(all, rows, true, 5)).toBe('STEP    VERDICT\nready   worse\n')
})

test('whatever the table: no line is wider than the terminal, no figure is cut, no row is lost', () => {
  const word = fc.stringMatching(/^[a-z]{1,12}(?: [a-z]{1,9}){0,3}$/)
  const figure = fc.stringMatching(/^[1-9][0-9]{0,3}(?:\.[0-9])?(?:ms|s| GB)?$/)
  const table = fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }).chain((areFigures) =>
    fc.record({
      columns: fc.constant(
        [false, ...areFigures].map((isFigure, index) => ({
          title: `C${index}`,
          ...(isFigure ? { align: 'right' as const } : {}),
        })),
      ),
      rows: fc.array(fc.tuple(word, ...areFigures.map((isFigure) => (isFigure ? figure : word))), {
        minLength: 1,
        maxLength: 4,
      }),
    }),
  )
  fc.assert(
    fc.property(table, fc.integer({ min: 24, max: 120 }), ({ columns, rows }, width) => {
      const [titles = '', ...lines] = renderTable(columns, rows, true, width).trimEnd().split('\n')
      expect(lines).toHaveLength(rows.length)
      for (const line of [titles, ...lines]) expect(line.length).toBeLessThanOrEqual(width)
      for (const [index, { title, align }] of columns.entries()) {
        if (align === undefined || !titles.split(/ +/).includes(title)) continue
        const end = titles.indexOf(title) + title.length
        for (const [number, line] of lines.entries()) {
          const cell = rows[number]?.[index] ?? ''
          expect(line.slice(0, end).endsWith(` ${cell}`), `${cell} in ${line}`).toBe(true)
        }
      }
    }),
  )
})
