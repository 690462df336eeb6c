import { expect, expectTypeOf, test } from 'vitest'
import { defineCommand } from '../../cmd/command.ts'
import { defineOptions, inGroup, type OptionValues, valueKey } from '../../cmd/option-table.ts'
import { connectionOptions, outputOptions, runOptions } from '../../cmd/shared-options.ts'

test('the types of the values follow from the table', () => {
  const options = defineOptions({
    iterations: { kind: 'integer', default: 10, description: 'Iterations' },
    'max-wait': { kind: 'duration', description: 'Wait' },
    image: { kind: 'text', default: 'pause', description: 'Image' },
    label: { kind: 'text', list: 'repeated', description: 'Labels' },
    keep: { kind: 'boolean', description: 'Keep' },
    mode: { kind: 'choice', choices: ['single', 'many'], description: 'Mode' },
  })
  type Values = OptionValues<typeof options>
  expectTypeOf<Values>().toEqualTypeOf<
    {
      readonly iterations: number
      readonly image: string
      readonly label: readonly string[]
      readonly keep: boolean
    } & { readonly maxWait?: number; readonly mode?: 'single' | 'many' }
  >()
})

test('a command includes shared tables and its run sees their values', () => {
  const command = defineCommand({
    path: ['demo'],
    group: 'Measure',
    summary: 'Demonstrate',
    options: {
      ...connectionOptions,
      ...outputOptions(['table', 'json']),
      ...runOptions('5m'),
      qps: { kind: 'number', default: 20, description: 'Rate' },
    },
    examples: [],
    async run(options) {
      expectTypeOf(options.qps).toEqualTypeOf<number>()
      expectTypeOf(options.timeout).toEqualTypeOf<number>()
      expectTypeOf(options.output).toEqualTypeOf<'table' | 'json'>()
      expectTypeOf(options.kubeconfig).toEqualTypeOf<string | undefined>()
      expectTypeOf(options.asGroup).toEqualTypeOf<readonly string[]>()
      expectTypeOf(options.noHeaders).toEqualTypeOf<boolean>()
      return 0
    },
  })
  expect(command.options.keep).toMatchObject({ group: 'Run options' })
  expect(command.options.output.choices).toEqual(['table', 'json'])
})

test('inGroup sets the heading of each option and changes nothing else', () => {
  expect(inGroup('G', { a: { kind: 'boolean', description: 'A' } })).toEqual({
    a: { kind: 'boolean', description: 'A', group: 'G' },
  })
})

test('value keys are in camelCase', () => {
  expect(['qps', 'output-file', 'as-uid', 'insecure-skip-tls-verify'].map(valueKey)).toEqual([
    'qps',
    'outputFile',
    'asUid',
    'insecureSkipTlsVerify',
  ])
})
