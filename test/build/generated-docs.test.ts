import { expect, test } from 'vitest'
import { fillMarkers, generateDocs, readDoc } from '../../build/generated-docs.ts'
import { undocumentedMetrics } from '../../build/metric-sources.ts'
import type { MetricName } from '../../lib/record/catalogue/metric-catalogue.ts'
import { demoCommands } from '../cmd/demo-commands.ts'

const { commands } = demoCommands()

test('the docs say what the code says: npm run docs has nothing to write', async () => {
  for (const [file, content] of await generateDocs()) expect(await readDoc(file), file).toBe(content)
})

test('a metric that no group has is missing: its source belongs into build/metric-sources.ts', () => {
  const other = 'a_new_metric' as MetricName
  expect(undocumentedMetrics(['tcp_throughput', other])).toEqual([other])
})

test('what lies between markers is made anew, the rest stays', () => {
  const text =
    'before\n<!-- BEGIN commands -->\nstale\n<!-- END -->\nbetween\n<!-- BEGIN exit codes -->\n<!-- END -->\nafter\n'
  const filled = fillMarkers(text, 'a.md', commands)
  expect(filled).toContain(
    'before\n<!-- BEGIN commands -->\n| Command | What it is for |\n| --- | --- |\n| [`kubectl perf density`](docs/commands.md#kubectl-perf-density) | Create pods and measure how fast they get ready |\n',
  )
  expect(filled).toMatch(
    /<!-- END -->\nbetween\n<!-- BEGIN exit codes -->\n\| Exit code \| Meaning \|\n[^<]*<!-- END -->\nafter\n$/,
  )
  expect(filled).not.toContain('stale')
  expect(fillMarkers(filled, 'a.md', commands)).toBe(filled)
})

test('the flags of a command, all or of one heading', () => {
  const flags = (request: string) => fillMarkers(`<!-- BEGIN ${request} -->\n<!-- END -->`, 'a.md', commands)
  expect(flags('flags density: Options')).toContain(
    [
      '| Flag | Default | Meaning |',
      '| --- | --- | --- |',
      '| `--iterations N` | `10` | How often to create the pods. |',
      '| `--qps` | `20` | Objects to create per second, 0 for no limit. |',
    ].join('\n'),
  )
  expect(flags('flags density')).toContain('#### Connection options\n\n| Flag |')
  expect(flags('flags density: Output options')).toContain(
    '| `-q, --quiet` |  | Print no progress and no notes, only the result and errors. |',
  )
})

test('a marker that asks for something unknown is an error', () => {
  const text = '<!-- BEGIN flags densty -->\n<!-- END -->'
  expect(() => fillMarkers(text, 'a.md', commands)).toThrow('a.md: nothing is known as "flags densty"')
})
