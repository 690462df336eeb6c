import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UsageError } from '../../../lib/errors/perf-error.ts'
import { parseRecord } from '../../../lib/record/parse-record.ts'
import { figure, runOf } from '../compare/runs.ts'

const run = runOf([figure('pod_create_throughput', 20)])

test('a record comes back as it was written', () => {
  expect(parseRecord(JSON.stringify(run), 'run.json')).toEqual(run)
})

test('keys that a later version may add are kept', () => {
  const later = { ...run, tool: { ...run.tool, commit: 'abc' }, mood: 'fine' }
  expect(parseRecord(JSON.stringify(later), 'run.json')).toEqual(later)
  const damaged = { ...later, outcome: 'unsure' }
  expect(() => parseRecord(JSON.stringify(damaged), 'run.json')).toThrow('"run.json" is damaged: /outcome: ')
})

test.each([
  ['{"a":', /^"run.json" is not JSON: /],
  ['vm\n', /^"run.json" is not JSON: Unexpected token 'v', "vm\\n" is not valid JSON$/],
  ['{"kind":"List","items":[]}', /^"run.json" is not the record of a kubectl-perf run$/],
  ['[]', /is not the record/],
  ['null', /is not the record/],
  [JSON.stringify({ ...run, schemaVersion: 2 }), /^"run.json" was written by a newer kubectl-perf \(schema 2\)$/],
  [JSON.stringify({ ...run, metrics: [{ name: 'x' }] }), /^"run.json" is damaged: \/metrics\/0\//],
  [JSON.stringify({ ...run, startedAt: '2026-11-20 ("><x/>)' }), /^"run.json" is damaged: \/startedAt: /],
  [JSON.stringify({ ...run, startedAt: 'yesterday' }), /^"run.json" is damaged: \/startedAt: /],
])('%s', (text, message) => {
  expect(() => parseRecord(text, 'run.json')).toThrow(UsageError)
  expect(() => parseRecord(text, 'run.json')).toThrow(message)
})

test('whatever a file holds, the fault is one of the user', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(() => parseRecord(text, 'run.json')).toThrow(UsageError)
    }),
  )
})
