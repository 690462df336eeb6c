import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { run } from '../../../cmd/root.ts'
import { fakeContext } from '../fake-context.ts'
import { RUNS } from './report-runs.ts'

// With a program in the place of the one that opens browsers, which writes down what it was asked for.

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'open-report-'))
  await mkdir(join(folder, 'bin'))
})
afterEach(() => rm(folder, { recursive: true }))

const asked = () => readFile(join(folder, 'asked'), 'utf8').catch(() => undefined)

async function install(name: string, exitCode: number): Promise<void> {
  const path = join(folder, 'bin', name)
  await writeFile(path, `#!/bin/sh\nprintf '%s\\n' "$#" "$@" > '${join(folder, 'asked')}'\nexit ${exitCode}\n`)
  await chmod(path, 0o755)
}

interface Circumstances {
  readonly isTTY?: boolean
  readonly platform?: string
  readonly variables?: Readonly<Record<string, string>>
}

async function open(
  argv: readonly string[],
  { isTTY = true, platform = 'linux/amd64', variables = { DISPLAY: ':0' } }: Circumstances = {},
) {
  const environment = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, ...variables }
  const fake = fakeContext({ isTTY, environment })
  const context = { ...fake.context, workingDirectory: folder, platform }
  const exitCode = await run(['report', join(RUNS, 'maxpods-check'), '--open', ...argv], context)
  return { exitCode, stdout: fake.stdout(), stderr: fake.stderr() }
}

test.each([
  ['linux/amd64', 'xdg-open', ['1']],
  ['darwin/arm64', 'open', ['1']],
  ['windows/amd64', 'rundll32', ['2', 'url.dll,FileProtocolHandler']],
])('on %s %s gets the file as one word, whatever it is named', async (platform, opener, before) => {
  await install(opener, 0)
  const name = 'a page; $(touch owned) & "more".html'
  const path = join(folder, name)
  const ended = await open(['--output-file', name], { platform })
  expect(ended).toEqual({ exitCode: 0, stdout: '', stderr: `Opened ${path}\n` })
  await vi.waitFor(async () => expect(await asked()).toBe(`${[...before, path].join('\n')}\n`))
  expect(await readFile(path, 'utf8')).toMatch(/^<!doctype html>/i)
})

test('without a name the page is a temporary file, which is told', async () => {
  await install('xdg-open', 0)
  const { exitCode, stdout, stderr } = await open([])
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' })
  const path = /^Opened (\/.*\/report\.html)\n$/.exec(stderr)?.[1] ?? ''
  expect(await readFile(path, 'utf8')).toMatch(/^<!doctype html>/i)
  await rm(dirname(path), { recursive: true })
})

test.each([
  ['no terminal', { isTTY: false }, 'as this is no terminal'],
  ['a CI job', { variables: { DISPLAY: ':0', CI: 'true' } }, 'as this is a CI job'],
  ['no display', { variables: {} }, 'as there is no display'],
])('with %s nothing is opened, and it says so', async (_, circumstances, reason) => {
  await install('xdg-open', 0)
  const { exitCode, stderr } = await open(['-q', '--output-file', 'page.html'], circumstances)
  expect(exitCode).toBe(0)
  expect(stderr).toBe(`Not opened in a browser, ${reason}. The report is in ${join(folder, 'page.html')}\n`)
  expect(await asked()).toBe(undefined)
})

test('without a browser it says where the page is', async () => {
  await install('xdg-open', 3)
  const failed = await open(['--output-file', 'page.html'])
  expect(failed.stderr).toBe(
    `Not opened in a browser, as xdg-open ended with 3. The report is in ${join(folder, 'page.html')}\n`,
  )
  await rm(join(folder, 'bin/xdg-open'))
  const missing = await open(['--output-file', 'page.html'], {
    variables: { DISPLAY: ':0', PATH: join(folder, 'bin') },
  })
  expect(missing).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: `Not opened in a browser, as there is no xdg-open. The report is in ${join(folder, 'page.html')}\n`,
  })
})
