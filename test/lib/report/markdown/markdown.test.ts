import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commandOf, emphasizedVerdict, folded, toMarkdown } from '../../../../lib/report/markdown/markdown-record.ts'
import { markdownTable, tablesWithin } from '../../../../lib/report/markdown/markdown-table.ts'
import { markdownFence, markdownParagraph, markdownText } from '../../../../lib/report/markdown/markdown-text.ts'
import { printable } from '../../../../lib/report/printable.ts'
import { renderTable } from '../../../../lib/report/table.ts'
import { densityRecord } from '../density-record.ts'

test.each([
  ['pod_ready_latency.max<5s', 'pod_ready_latency.max\\<5s'],
  ['<img src=x onerror=alert(1)>', '\\<img src=x onerror=alert(1)\\>'],
  ['a | b', 'a \\| b'],
  ['[link](http://x) ![img](y)', '\\[link\\](http://x) !\\[img\\](y)'],
  ['*bold* _soft_ snake_case `code` ~gone~', '\\*bold\\* \\_soft\\_ snake_case \\`code\\` \\~gone\\~'],
  ['FROM\\TO &amp; $x$', 'FROM\\\\TO \\&amp; \\$x\\$'],
  ['\u001b[31mred\nsecond', '^\\[\\[31mred'],
])('%j as text is %j', (text, expected) => {
  expect(markdownText(text)).toBe(expected)
})

const SIGNS = ['\\', '|', '<', '>', '&', '`', '*', '[', ']', '~', '$', '_', 'a', 'b', '1', ' ', '#', '-']

test('whatever a text holds, without the backslashes it is what a terminal shows, and no sign of Markdown is bare', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...SIGNS) }), (text) => {
      const escaped = markdownText(text)
      expect(escaped.replaceAll(/\\(.)/g, '$1')).toBe(printable(text))
      expect(escaped.replaceAll(/\\./g, '')).not.toMatch(/[\\|<>&`*[\]~$]/)
    }),
  )
})

test.each([
  ['# no heading', '\\# no heading'],
  ['- no list', '\\- no list'],
  ['1. no list', '1\\. no list'],
  ['--- no rule', '\\--- no rule'],
  ['---', '\\---'],
  ['-5 degrees', '-5 degrees'],
  ['2 of 3', '2 of 3'],
])('%j begins a paragraph as %j', (text, expected) => {
  expect(markdownParagraph(text)).toBe(expected)
})

test('a fence is longer than any within', () => {
  expect(markdownFence('a\n')).toBe('```text\na\n```\n')
  expect(markdownFence('```\n````x\n```')).toBe('`````text\n```\n````x\n```\n`````\n')
})

test('tables of Markdown have their titles, and no more cells than titles', () => {
  const columns = [{ title: 'NAME' }, { title: 'COUNT', align: 'right' as const }, { title: 'NOTE', optional: true }]
  const table = renderTable(columns, [['a|b', '5', '']], 'markdown')
  expect(table).toBe('| NAME | COUNT |\n| --- | ---: |\n| a\\|b | 5 |\n')
  expect(renderTable(columns, [], 'markdown')).toBe('')
})

test('tables within a text are found, also two that follow each other, and nothing else', () => {
  const one = markdownTable([{ title: 'A' }], [['1'], ['2']])
  const two = markdownTable([{ title: 'B' }, { title: 'C', align: 'right' }], [['1', '2']])
  const parts = tablesWithin(`node-a:\n${one}${two}\nend\n| no table\n`)
  expect(parts.map(({ kind, lines }) => [kind, lines.filter((line) => line !== '').length])).toEqual([
    ['lines', 1],
    ['table', 4],
    ['table', 3],
    ['lines', 2],
  ])
})

test('the verdict stands above, thresholds come first, other lines are as they were, details are folded away', () => {
  const tables = [
    markdownTable([{ title: 'POD' }], [['a']]),
    'ADVICE\nset x: 1 # *why*\n',
    markdownTable([{ title: 'FINDING' }], [['odd']]),
    markdownTable([{ title: 'THRESHOLD' }], [['x<1']]),
    'FAILED in 3s: no <b>.\n  try again\n',
  ].join('\n')
  const record = densityRecord({
    kind: 'cilium-maps',
    parameters: { qps: 20, keep: false, threshold: ['a', 'b'], note: '' },
  })
  expect(toMarkdown(record, tables, `POD\na\n\nFAILED in 3s: no <b>.\n  try again\n`)).toMatchInlineSnapshot(`
    "### kubectl perf cilium maps

    **FAILED** in 3s: no \\<b\\>.  
    try again

    kind-kind (v1.34.4, 2 nodes, linux/amd64) · 2026-11-20 10:00:00 UTC · run 3f9kq2 · kubectl-perf v0.1.0

    | THRESHOLD |
    | --- |
    | x\\<1 |

    | FINDING |
    | --- |
    | odd |

    | POD |
    | --- |
    | a |

    \`\`\`text
    ADVICE
    set x: 1 # *why*
    \`\`\`

    <details><summary>Everything that was measured</summary>

    \`\`\`text
    POD
    a
    \`\`\`

    </details>

    <details><summary>Parameters (durations in milliseconds)</summary>

    | OPTION | VALUE |
    | --- | --- |
    | --qps | 20 |
    | --threshold | a, b |

    </details>
    "
  `)
})

test('what would make a comment too long is left out, from the end', () => {
  const record = densityRecord({ parameters: { qps: 20 } })
  const text = toMarkdown(record, 'PASSED.\n', `${'x'.repeat(60_000)}\n\nPASSED.\n`)
  expect(text).not.toContain('xxx')
  expect(text).toContain('| --qps | 20 |')
  expect(text.length).toBeLessThan(60_000)
})

test.each([
  ['PASSED in 3s.', '**PASSED** in 3s.'],
  ['NO DATA: too few', '**NO DATA**: too few'],
  ['3 worse, 2 better', '3 worse, 2 better'],
  ['Nothing can be concluded.', 'Nothing can be concluded.'],
])('the verdict %j stands out as %j', (line, expected) => {
  expect(emphasizedVerdict(line)).toBe(expected)
})

test('summaries are HTML, where Markdown escapes nothing', () => {
  expect(folded('a <b> & c', 'x\n')).toBe('<details><summary>a &#60;b&#62; &#38; c</summary>\n\nx\n\n</details>\n')
  expect(commandOf({ kind: 'cilium-maps' })).toBe('cilium maps')
})
