import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../../../../lib/errors/perf-error.ts'
import { readYamlDocuments } from '../../../../lib/workload/template/manifest-yaml.ts'
import { type Manifest, readManifests } from '../../../../lib/workload/template/manifests.ts'
import { parseTemplate, renderWithLines } from '../../../../lib/workload/template/template.ts'

const recorded = JSON.parse(readFileSync(new URL('recorded.json', import.meta.url), 'utf8')) as {
  documents: { text: string; json?: unknown; error?: string }[]
}

// Where ours is meant to differ: what JavaScript cannot keep exactly, and the key that is to win over a merged one.
const DIFFERENT = new Map([
  ['a: 12345678901234567890', 'too large'],
  ['a: 9007199254740993', 'too large'],
  ['a: 9223372036854775807', 'too large'],
  ['a: -9223372036854775808', 'too large'],
  ['a: &x {b: 1, d: 2}\nc:\n  <<: *x\n  d: 3', '"d":3'],
])

describe('YAML is read as kubectl reads it', () => {
  test.each(recorded.documents)('$text', ({ text, json, error }) => {
    const { documents, problems } = readYamlDocuments(text)
    const different = DIFFERENT.get(text)
    if (different !== undefined) {
      expect(problems[0]?.message ?? JSON.stringify(documents[0]?.data)).toContain(different)
      return
    }
    if (error === undefined) {
      expect(problems).toEqual([])
      expect(documents.map(({ data }) => data)).toEqual([json])
    } else {
      expect(problems.length, error).toBeGreaterThan(0)
    }
  })
})

function read(text: string): Manifest[] {
  return readManifests(renderWithLines(parseTemplate(text, 'pod.yaml'), new Map([['n', 3n]])), 'pod.yaml')
}

test('each document is an object, empty ones are none', () => {
  const objects = read(
    '# nothing\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: "a-{{.n}}"}\n---\n---\napiVersion: v1\nkind: Secret\nmetadata: {generateName: b-, labels: }\n',
  )
  expect(objects).toEqual([
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a-3' } },
    { apiVersion: 'v1', kind: 'Secret', metadata: { generateName: 'b-' } },
  ])
})

const head = 'apiVersion: v1\nkind: Pod\n'

test.each([
  ['a: b: c', 'pod.yaml:1: Nested mappings are not allowed in compact mappings'],
  ['{{range until 3}}\n{{end}}\na:\n  b: 1\n c: 2', 'pod.yaml:5: '],
  ['x', 'pod.yaml:1: expected an object with apiVersion, kind and metadata'],
  ['kind: Pod', 'pod.yaml:1: apiVersion is missing'],
  ['apiVersion: v1', 'pod.yaml:1: kind is missing'],
  ['apiVersion: v1\nkind: List\nitems: []', 'pod.yaml:1: kind List is not supported'],
  [head, 'pod.yaml:1: the Pod has no metadata'],
  [`${head}metadata: {namespace: x}`, 'pod.yaml:1: the Pod has no metadata.name'],
  [`${head}metadata: {name: {{.n}}}`, 'pod.yaml:1: metadata.name of the Pod is the number 3: write it in quotes'],
  [`${head}metadata: {name: }`, 'pod.yaml:1: metadata.name of the Pod is empty'],
  [
    `\n\n---\n${head}metadata: {name: a, labels: {x: {{.n}}}}`,
    'pod.yaml:4: metadata.labels.x of the Pod is the number 3',
  ],
  [
    `${head}metadata: {name: a, annotations: {x: yes}}`,
    'pod.yaml:1: metadata.annotations.x of the Pod is the boolean true',
  ],
  [`${head}metadata: {name: a, labels: {x: }}`, 'pod.yaml:1: metadata.labels.x of the Pod is empty'],
  [`${head}metadata: {name: a, labels: [x]}`, 'pod.yaml:1: metadata.labels of the Pod is no map'],
  [`${head}metadata: {name: a}\nmetadata: {name: b}`, 'pod.yaml:4: Map keys must be unique'],
])('%j is a fault', (text, message) => {
  expect(() => read(text)).toThrow(UsageError)
  expect(() => read(text)).toThrow(message)
})
