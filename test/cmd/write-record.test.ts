import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { commands } from '../../cmd/commands.ts'
import { VIEWS } from '../../cmd/report/renderers.ts'
import { run } from '../../cmd/root.ts'
import { RECORD_FORMATS } from '../../cmd/shared-options.ts'
import { fakeContext } from './fake-context.ts'

const VALUES = fileURLToPath(new URL('../fixtures/user-files/ct-optimize-values.yaml', import.meta.url))
const LINT = ['cilium', 'lint', '-f', VALUES, '--cilium-version', '1.15.19']

const withRecord = commands.filter(({ options }) => {
  const { output } = options
  return output?.kind === 'choice' && output.choices.includes('junit')
})

test('every command that has a record has all of its formats', () => {
  expect(withRecord.map(({ path }) => path.join(' '))).toEqual(
    expect.arrayContaining(['density', 'netperf', 'control-plane', 'cilium maps', 'compare', 'report']),
  )
  for (const { path, options } of withRecord) {
    const { output } = options
    const choices = output?.kind === 'choice' ? output.choices : []
    expect(choices, path.join(' ')).toEqual(expect.arrayContaining([...RECORD_FORMATS]))
  }
})

test('report knows how every command shows its records', () => {
  const kinds = withRecord.map(({ path }) => path.join('-')).filter((kind) => kind !== 'report')
  expect([...VIEWS.keys()]).toEqual(expect.arrayContaining(kinds))
})

test.each(withRecord.map(({ path, positionals = [] }) => [...path, ...positionals.map(() => 'x'), 'y']))(
  'HTML is refused on a terminal before anything is done: %s %s',
  async (...words) => {
    // A word too many where the command takes only as many.
    const argv = words.includes('x') ? words : words.slice(0, -1)
    const fake = fakeContext({ isTTY: true })
    expect(await run([...argv, '-o', 'html'], fake.context)).toBe(2)
    expect(fake.stderr()).toBe(
      `error: HTML is not for a terminal\n  name a file for it with --output-file, or send it to one with >\nSee 'kubectl perf ${commandWords(argv)} --help' for usage.\n`,
    )
    expect(fake.stdout()).toBe('')
  },
)

function commandWords(argv: readonly string[]): string {
  return argv.filter((word) => word !== 'x' && word !== 'y').join(' ')
}

test.each([['control-plane'], ['cilium', 'maps']])(
  'pages one after the other are no page: %s %s --watch',
  async (...words) => {
    const fake = fakeContext()
    expect(await run([...words, '--watch', '-o', 'html'], fake.context)).toBe(2)
    expect(fake.stderr()).toContain('error: HTML of --watch needs a file, which is written again each time\n')
  },
)

test('HTML through a pipe and to a file are the same page', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'write-record-'))
  const piped = fakeContext()
  expect(await run([...LINT, '-o', 'html'], piped.context)).toBe(99)
  expect(piped.stdout()).toMatch(/^<!doctype html>/i)
  const file = fakeContext({ isTTY: true })
  const path = join(folder, 'page.html')
  expect(await run([...LINT, '-o', 'html', '--output-file', path], file.context)).toBe(99)
  expect(file.stdout()).toBe('')
  const page = await readFile(path, 'utf8')
  await rm(folder, { recursive: true })
  expect(page.length).toBeGreaterThan(10_000)
})

test('Markdown of a command', async () => {
  const { context, stdout } = fakeContext()
  expect(await run([...LINT, '-o', 'markdown'], context)).toBe(99)
  const [heading, verdict] = stdout().split('\n\n')
  expect(heading).toBe('### kubectl perf cilium lint')
  expect(verdict).toBe('**FAILED**: 9 errors in 10 keys, for Cilium 1.15.19.')
  expect(stdout()).toContain(
    '\n| LINE | KEY | PROBLEM | FIX |\n| ---: | --- | --- | --- |\n| 3 | bpf.ctMapEntriesGlobalTCP |',
  )
})
