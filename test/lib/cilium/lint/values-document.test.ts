import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { readValuesDocuments, type ValueNode } from '../../../../lib/cilium/lint/values/values-document.ts'
import { readValuesFile } from '../../../../lib/cilium/lint/values/values-file.ts'
import { lintLines } from './lint-text.ts'

const read = (text: string) => readValuesDocuments(text, 'values.yaml')
const plainOf = (text: string) => plain(read(text)[0]?.root)

function plain(node: ValueNode | undefined): unknown {
  if (node === undefined) return undefined
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(plain)
  return Object.fromEntries([...node.entries].map(([name, { value }]) => [name, plain(value)]))
}

// What sigs.k8s.io/yaml v1.6.0, Helm's library, makes of each.
test.each([
  ['on', true],
  ['yes', true],
  ['n', false],
  ['Off', false],
  ['"on"', 'on'],
  ['012', 10],
  ['0o12', 10],
  ['1_000', 1000],
  ['_0', '_0'],
  ['1e3', 1000],
  ['0x10', 16],
  ['0b11', 3],
  ['+5', 5],
  ['-5', -5],
  ['5.', 5],
  ['.5', 0.5],
  ['1:30', '1:30'],
  ['2001-01-01', '2001-01-01'],
  ['~', null],
  ['', null],
  ['!!str 5', '5'],
  ['1.2.3', '1.2.3'],
  ['|\n  two\n  lines\n', 'two\nlines\n'],
])('a: %s is %j', (text, value) => {
  expect(plainOf(`a: ${text}\n`)).toEqual({ a: value })
})

test('keys are resolved as values are', () => {
  expect(plainOf('yes: 1\n2: b\n')).toEqual({ true: 1, 2: 'b' })
})

test('aliases and merges', () => {
  expect(plainOf('x: &a {b: 1, c: 2}\nz:\n  <<: *a\n  b: 3\nw: *a\nv:\n  <<: [*a, {d: 4}]\n')).toEqual({
    x: { b: 1, c: 2 },
    z: { b: 3, c: 2 },
    w: { b: 1, c: 2 },
    v: { b: 1, c: 2, d: 4 },
  })
})

test('whatever YAML writes is read again, with the line of each key', () => {
  const values = fc.dictionary(
    fc.stringMatching(/^[a-z][a-zA-Z0-9-]{2,12}$/),
    fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.stringMatching(/^[a-z][a-zA-Z0-9-]{2,12}$/), tie('value'), { maxKeys: 4 }),
      ),
    })).value,
    { maxKeys: 5 },
  )
  fc.assert(
    fc.property(values, (given) => {
      const text = stringify(given, { version: '1.1' })
      const [document] = read(text)
      expect(plain(document?.root)).toEqual(given)
      const lines = text.split('\n')
      for (const [name, { place }] of document?.root.entries ?? []) expect(lines[place.line - 1]).toContain(name)
    }),
  )
})

test('no text makes it throw anything but a usage error with a line', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'b', ':', ' ', '\n', '-', '[', '{', '}', '&', '*', '<', '"', '#', '|') }),
      (text) => {
        try {
          read(text)
        } catch (error) {
          expect((error as Error).message).toMatch(/^values\.yaml:\d+: /)
        }
      },
    ),
  )
})

test('a duplicate key: only the last one counts, as Helm has it', () => {
  expect(lintLines('1.20', 'bpf:\n  natMax: 5000\n  ctTcpMax: 5000\n  natMax: 6000\n')).toEqual([
    'error 2 DuplicateKey bpf.natMax: stands again in line 4, and only that one counts → keep one',
  ])
})

test('further documents: Helm reads the first alone; their keys are looked at for who puts them right', () => {
  expect(lintLines('1.20', 'debug: {enabled: true}\n---\nbpf:\n  natMapMax: 5000\n---\n# nothing\n')).toEqual([
    'error 3 IgnoredDocument ---: Helm reads only the first document of a file → a file of its own, with another -f',
    'error 4 UnknownKey bpf.natMapMax: no such key: Helm ignores it → bpf.natMax: 5000',
  ])
  expect(lintLines('1.20', '---\ndebug: {enabled: true}\n')).toEqual([])
})

test.each(['', '# only words\n', '---\n', 'null\n'])('an empty file has no values: %j', (text) => {
  expect(lintLines('1.20', text)).toEqual([])
})

test.each([
  ['x: *nowhere\n', 1, /not valid YAML|unknown alias/],
  ['a: 1\nx: &x [*x]\n', 2, /contains itself|not valid YAML|unknown alias/],
  ['a: 1\n? [b]\n: 2\n', 2, /a key must be text/],
  ['a: 1\nb:\n  <<: 5\n', 3, /a merge needs a map/],
])('%j is no values file: line %i', (text, line, reason) => {
  expect(() => read(text)).toThrow(new RegExp(`^values\\.yaml:${line}: .*(${reason.source})`))
})

test('aliases that multiply end early', () => {
  const levels = Array.from(
    { length: 12 },
    (_, level) =>
      `a${level}: &a${level} [${Array(10)
        .fill(level === 0 ? 'x' : `*a${level - 1}`)
        .join(', ')}]`,
  )
  expect(() => read(`${levels.join('\n')}\n`)).toThrow('more values than any chart takes')
})

test('values below cilium, and of objects of Flux and Argo CD', () => {
  const umbrella = readValuesFile('other:\n  a: 1\ncilium:\n  bpf: {natMax: 5000}\n', 'values.yaml')
  expect([umbrella.below, plain(umbrella.values)]).toEqual(['cilium', { bpf: { natMax: 5000 } }])
  const release = readValuesFile(
    'apiVersion: v1\nkind: HelmRepository\n---\napiVersion: v2\nkind: HelmRelease\nspec:\n  values:\n    debug: {enabled: true}\n',
    'values.yaml',
  )
  expect([release.below, plain(release.values), release.ignored]).toEqual([
    'spec.values',
    { debug: { enabled: true } },
    [],
  ])
  const application =
    'apiVersion: v1\nkind: Application\nspec:\n  source:\n    helm:\n      valuesObject:\n        debug: {enabled: true}\n'
  expect(readValuesFile(application, 'values.yaml').below).toBe('spec.source.helm.valuesObject')
  expect(() => readValuesFile('apiVersion: v1\nkind: HelmChartConfig\n', 'values.yaml')).toThrow(
    'values.yaml:1: a HelmChartConfig, not a values file',
  )
})
