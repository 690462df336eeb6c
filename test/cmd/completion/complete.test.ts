import { expect, test } from 'vitest'
import { complete } from '../../../cmd/completion/complete.ts'
import { defineOptions } from '../../../cmd/option-table.ts'
import { demoCommands } from '../demo-commands.ts'

const { commands } = demoCommands()
const values = (...words: string[]) => complete(words, commands).candidates.map(({ value }) => value)

test('commands, by level, with their summaries', () => {
  expect(complete([''], commands)).toEqual({
    candidates: [
      { value: 'density', description: 'Create pods and measure how fast they get ready' },
      { value: 'cilium', description: 'Cilium commands: maps, lint' },
    ],
  })
  expect(values('den')).toEqual(['density'])
  expect(values('cilium', '')).toEqual(['maps', 'lint'])
  expect(values('nothing', '')).toEqual([])
  expect(values('-n', 'density', 'c')).toEqual(['cilium'])
})

test('flags that are not given yet, and those that repeat', () => {
  expect(values('density', '--i')).toEqual(['--insecure-skip-tls-verify', '--iterations', '--image'])
  expect(values('density', '--iterations', '5', '--i')).toEqual(['--insecure-skip-tls-verify', '--image'])
  expect(values('density', '--threshold', 'a', '--th')).toEqual(['--threshold'])
  expect(complete(['density', '--keep'], commands).candidates).toEqual([
    { value: '--keep', description: 'Leave the pods' },
  ])
  expect(values('density', '--he')).toEqual(['--help'])
  expect(values('-')).toEqual(['--help', '--version'])
  expect(values('density', '--', '--i')).toEqual([])
})

test('values: choices, hints for what the shell or the cluster knows', () => {
  expect(values('density', '--protocol', '')).toEqual(['tcp', 'udp', 'http'])
  expect(values('density', '--protocol=u')).toEqual(['udp'])
  expect(values('density', '--keep=')).toEqual(['true', 'false'])
  expect(complete(['density', '-n', 'kube'], commands)).toEqual({
    candidates: [],
    hint: 'namespaces',
    typed: { text: 'kube', isList: false },
  })
  expect(complete(['density', '--output-dir='], commands)).toMatchObject({ candidates: [], hint: 'directories' })
  expect(values('density', '--bogus=')).toEqual([])
})

test('before the command: names for a flag that waits for one, and no command in its place', () => {
  const names = { candidates: [], hint: 'namespaces', typed: { text: '', isList: false } }
  expect(complete(['-n', ''], commands)).toEqual(names)
  expect(complete(['cilium', '--namespace='], commands)).toEqual(names)
  // Which protocols there are is up to the command.
  expect(values('--protocol', '')).toEqual([])
})

test('behind help the words of commands', () => {
  expect(values('help', 'c')).toEqual(['cilium'])
  expect(values('help', 'cilium', '')).toEqual(['maps', 'lint'])
})

test('a list goes on behind a comma, with what it does not have yet', () => {
  expect(complete(['density', '--protocol', 'tcp,'], commands)).toMatchObject({
    candidates: [
      { value: 'tcp,udp', description: '' },
      { value: 'tcp,http', description: '' },
    ],
    goesOn: true,
  })
  expect(values('density', '--protocol=udp,tcp,')).toEqual(['udp,tcp,http'])
  expect(values('density', '--protocol=udp,ht')).toEqual(['udp,http'])
})

test('arguments: with choices, and with names', () => {
  expect(values('cilium', 'lint', '')).toEqual(['1.14', '1.15'])
  expect(values('cilium', 'lint', '1.15', '')).toEqual([])
  const show = {
    path: ['show'],
    group: 'Check',
    summary: 'Show',
    options: defineOptions({}),
    positionals: [{ name: 'NODE', description: 'Nodes', repeated: true, complete: 'nodes' as const }],
  }
  const expected = { candidates: [], hint: 'nodes', typed: { text: 'b', isList: false } }
  expect(complete(['show', 'b'], [show])).toEqual(expected)
  expect(complete(['show', 'a', 'b'], [show])).toEqual(expected)
})
