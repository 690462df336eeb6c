import { expect, test } from 'vitest'
import { UsageError } from '../../../../lib/errors/perf-error.ts'
import { parseTemplate, renderWithLines } from '../../../../lib/workload/template/template.ts'
import { dict, list } from '../../../../lib/workload/template/value.ts'
import { readYamlTree, treeValue, type YamlTree } from '../../../../lib/workload/template/yaml-tree.ts'

function read(text: string): YamlTree | undefined {
  return readYamlTree(renderWithLines(parseTemplate(text, 'config.yml'), new Map()), 'config.yml')
}

function value(text: string) {
  const tree = read(text)
  return tree === undefined ? undefined : treeValue(tree)
}

test('numbers have the types that Go gives them, and only true and false are booleans', () => {
  expect(value('[1, 0644, 0x1f, 1.5, 1e3, true, yes, null, "1", 12:30, 2024-01-01, 9223372036854775807]')).toEqual(
    list([1n, 420n, 31n, 1.5, 1000, true, 'yes', null, '1', '12:30', '2024-01-01', 9223372036854775807n]),
  )
})

test('aliases and merged maps are resolved, and what stands in the map itself wins', () => {
  const base = dict([
    ['x', 1n],
    ['y', 2n],
  ])
  expect(value('a: &a {x: 1, y: 2}\nb: *a\nc:\n  <<: *a\n  y: 3\n')).toEqual(
    dict([
      ['a', base],
      ['b', base],
      [
        'c',
        dict([
          ['x', 1n],
          ['y', 3n],
        ]),
      ],
    ]),
  )
})

test('each part knows its line in the file, whatever the template put before it', () => {
  const tree = read('{{- $n := 3 }}\na:\n{{- range until $n }}\n  - x: {{ . }}\n    y:\n{{- end }}\nb: "q"\n')
  if (tree?.kind !== 'map') throw new Error('no map')
  const a = tree.entries.get('a')
  expect([a?.line, tree.entries.get('b')?.line, tree.entries.get('b')?.value.line]).toEqual([2, 7, 7])
  if (a?.value.kind !== 'list') throw new Error('no list')
  expect(a.value.items.map((item) => (item.kind === 'map' ? [item.line, item.entries.get('y')?.line] : []))).toEqual([
    [4, 5],
    [4, 5],
    [4, 5],
  ])
})

test.each(['', '# nothing\n', '---\n', '~'])('%j is empty', (text) => {
  expect(read(text)).toBeUndefined()
})

test.each([
  ['a: 1\nb: [1\n', 'config.yml:3: Flow sequence'],
  ['a: 1\na: 2', 'config.yml:2: Map keys must be unique'],
  ['a: 1\n{x: 1}: 2', 'config.yml:2: '],
  ['a: &a [*a]', 'config.yml:1: '],
  [
    [
      'a: &a [x,x,x,x,x,x,x,x,x,x]',
      ...'bcdefg'.split('').map((n, i) => `${n}: &${n} [${`*${'abcdef'[i]},`.repeat(10)}]`),
    ].join('\n'),
    'config.yml:1: the file is nested too deeply, or grows too large by its aliases',
  ],
  ['a: 99999999999999999999', 'config.yml:1: 99999999999999999999 is too large for an integer'],
  ['a: 1\n---\nb: 1', 'config.yml:2: a second document begins here, and there must be one'],
  ['a: 1\nb:\n- *nowhere', 'config.yml:3: there is no anchor "nowhere" before it'],
])('%j is a fault', (text, message) => {
  expect(() => read(text)).toThrow(UsageError)
  expect(() => read(text)).toThrow(message)
})
