import { assert, constantFrom, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { parseArgv } from '../../cmd/argv.ts'
import { defineOptions } from '../../cmd/option-table.ts'

const table = defineOptions({
  output: { kind: 'text', alias: 'o', description: 'Output' },
  namespace: { kind: 'text', alias: 'n', description: 'Namespace' },
  quiet: { kind: 'boolean', alias: 'q', description: 'Quiet' },
  yes: { kind: 'boolean', alias: 'y', description: 'Yes' },
  v: { kind: 'integer', alias: 'v', description: 'Verbosity' },
  'no-headers': { kind: 'boolean', description: 'No headers' },
})

const parse = (...argv: string[]) => {
  const { words, texts, unknown, fault } = parseArgv(argv, table)
  return { words, texts: Object.fromEntries(texts), unknown, fault: fault?.message }
}
const clean = { words: [], unknown: [], fault: undefined }

test.each([
  [['-ojson'], { output: ['json'] }],
  [['-o=json'], { output: ['json'] }],
  [['-o', 'json'], { output: ['json'] }],
  [['--output=json'], { output: ['json'] }],
  [['--output', 'json'], { output: ['json'] }],
  [['-o', '-1'], { output: ['-1'] }],
  [['--output', '--quiet'], { output: ['--quiet'] }],
  [['--output', '-q', '-q'], { output: ['-q'], quiet: ['true'] }],
  [['--output', ''], { output: [''] }],
  [['--output='], { output: [''] }],
  [['--output', 'a=b'], { output: ['a=b'] }],
  [['--output=a=b'], { output: ['a=b'] }],
  [['--output', '"quoted"'], { output: ['"quoted"'] }],
  [['--output', '1e3', '-n', '007'], { output: ['1e3'], namespace: ['007'] }],
  [['-qyojson'], { quiet: ['true'], yes: ['true'], output: ['json'] }],
  [['-q=false', '-y'], { quiet: ['false'], yes: ['true'] }],
  [['--quiet=false'], { quiet: ['false'] }],
  [['--no-headers'], { 'no-headers': ['true'] }],
  [['-v=4'], { v: ['4'] }],
  [['--v=4'], { v: ['4'] }],
  [['-v4', '-v', '5'], { v: ['4', '5'] }],
])('%j', (argv, texts) => {
  expect(parse(...argv)).toEqual({ ...clean, texts })
})

test('words are what is no flag and no value, also a lone dash and all after --', () => {
  expect(parse('a', '-q', 'true', '-', '--', '-o', '--quiet=maybe')).toEqual({
    ...clean,
    words: ['a', 'true', '-', '-o', '--quiet=maybe'],
    texts: { quiet: ['true'] },
  })
})

test('unknown flags are named as typed, known ones before them are kept', () => {
  expect(parse('-qz')).toEqual({ ...clean, texts: { quiet: ['true'] }, unknown: ["'z' in -qz"] })
  expect(parse('-5')).toEqual({ ...clean, texts: {}, unknown: ["'5' in -5"] })
  expect(parse('--no-quiet')).toEqual({ ...clean, texts: {}, unknown: ['--no-quiet'] })
  expect(parse('--toString')).toEqual({ ...clean, texts: {}, unknown: ['--toString'] })
  expect(parse('--a.b=1')).toEqual({ ...clean, texts: {}, unknown: ['--a.b'] })
})

test('faults: a flag without its value, a boolean that is none', () => {
  expect(parse('-q', '--output').fault).toBe('flag needs an argument: --output')
  expect(parse('--quiet=1').fault).toBe('invalid argument "1" for "--quiet" flag: must be true or false')
})

test('any text survives as a value', () => {
  assert(
    property(string(), constantFrom('--output', '-o'), (text, flag) => {
      expect(parse(flag, text)).toEqual({ ...clean, texts: { output: [text] } })
      expect(parse(`--output=${text}`)).toEqual({ ...clean, texts: { output: [text] } })
    }),
  )
})
