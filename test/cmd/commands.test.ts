import { expect, test } from 'vitest'
import { commands } from '../../cmd/commands.ts'
import { renderCommandHelp, renderCommandList } from '../../cmd/help.ts'
import { readOptionValues } from '../../cmd/option-value.ts'

const options = commands.flatMap(({ path, options }) =>
  Object.entries(options).map(([name, option]) => ({ command: path.join(' '), name, option })),
)

test('a flag takes a value in all commands or in none, and a letter always means the same flag', () => {
  const kinds = new Map<string, boolean>()
  const letters = new Map<string, string>([['h', 'help']])
  for (const { name, option } of options) {
    expect([name, kinds.get(name) ?? option.kind === 'boolean']).toEqual([name, option.kind === 'boolean'])
    kinds.set(name, option.kind === 'boolean')
    if (option.alias === undefined) continue
    expect([option.alias, letters.get(option.alias) ?? name]).toEqual([option.alias, name])
    letters.set(option.alias, name)
  }
})

test('names, letters and descriptions follow kubectl', () => {
  for (const { name, option } of options) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(option.alias ?? 'a').toMatch(/^[a-zA-Z]$/)
    expect(option.description).toMatch(/^[A-Z].*[^.\s]$/)
  }
  for (const { path, summary, examples } of commands) {
    expect(summary).toMatch(/^[A-Z].*[^.\s]$/)
    for (const { comment, command } of examples) {
      expect(comment).toMatch(/^[A-Z0-9].*[^.\s]$/)
      expect(command).toMatch(new RegExp(`kubectl perf ${path.join(' ')}\\b`))
    }
  }
})

test('whatever asks a cluster may take a while, and says with which exit code an interruption ends it', () => {
  const silent = commands.filter(
    ({ options, exitCodes }) =>
      'kubeconfig' in options && exitCodes?.some(([code]) => code === '129, 130, 143') !== true,
  )
  expect(silent.map(({ path }) => path.join(' '))).toEqual([])
})

test('help is as wide as the terminal, but for command lines to copy', () => {
  for (const command of commands) {
    const lines = renderCommandHelp(command, 80).split('\n')
    expect(lines.filter((line) => line.length > 80 && !line.includes('kubectl perf '))).toEqual([])
  }
  for (const path of [[], ['cilium']]) {
    const lines = renderCommandList(commands, path, 80).split('\n')
    expect(lines.filter((line) => line.length > 80 && !line.startsWith('  kubectl perf '))).toEqual([])
  }
})

test('every default is a value that the option itself would take', () => {
  for (const { name, option } of options) {
    if (option.kind === 'boolean' || option.default === undefined) continue
    const read = (texts: ReadonlyMap<string, readonly string[]>) => readOptionValues({ [name]: option }, texts, {})
    expect(read(new Map())).toEqual(read(new Map([[name, [String(option.default)]]])))
  }
})
