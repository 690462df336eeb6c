import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleLauncher, bundleProgram, type Program } from '../../build/bundle.ts'
import { commands } from '../../cmd/commands.ts'
import { run } from '../../cmd/root.ts'
import { htmlReport } from '../../lib/report/html/html-report.ts'
import { fakeContext } from '../cmd/fake-context.ts'
import { recorded } from '../lib/report/html/recorded.ts'

let folder: string
let program: Program

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundle-test-'))
  program = await bundleProgram('v1.2.3')
  await writeFile(join(folder, 'kubectl-perf.cjs'), await bundleLauncher(program, 'v1.2.3'))
})
afterAll(() => rm(folder, { recursive: true }))

// Where no package can be found, as in the binary.
const runBundle = (...argv: string[]) => {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['kubectl-perf.cjs', ...argv], {
    cwd: folder,
    encoding: 'utf8',
    env: {},
  })
  return { stdout, stderr, exitCode: status }
}

test.each([[[]], [['--help']], [['-h']], [['help']], [['--version']], [['version']]])(
  'the ready answer to %j is what the program says',
  async (argv) => {
    const { context, stdout } = fakeContext()
    await run(argv, context)
    expect(runBundle(...argv)).toEqual({ stdout: stdout(), stderr: '', exitCode: 0 })
  },
)

test('pages of runs have the script that they have from the sources, without a bundler', async () => {
  const record = recorded('netperf')
  await writeFile(join(folder, 'run.json'), JSON.stringify(record))
  const { stdout, exitCode } = runBundle('report', 'run.json', '-o', 'html')
  expect(stdout).toBe([...htmlReport(record)].join(''))
  expect(exitCode).toBe(0)
})

test('help of every command is what the program says, and needs no program', async () => {
  await writeFile(join(folder, 'launcher.cjs'), await bundleLauncher({ code: 'throw new Error("started")' }, 'v1.2.3'))
  const questions = [...commands.map(({ path }) => [...path, '--help']), ['cilium', '-h'], ['help', 'cilium', 'maps']]
  for (const argv of questions) {
    const { context, stdout } = fakeContext()
    await run(argv, context)
    const { stdout: said, stderr } = spawnSync(process.execPath, ['launcher.cjs', ...argv], {
      cwd: folder,
      encoding: 'utf8',
      env: {},
    })
    expect({ said, stderr }, argv.join(' ')).toEqual({ said: stdout(), stderr: '' })
  }
}, 60_000)

test('what has no ready answer is answered by the program inside', async () => {
  const { context, stdout } = fakeContext()
  await run(['density', '--qps', '5', '--help'], context)
  expect(runBundle('density', '--qps', '5', '--help')).toEqual({ stdout: stdout(), stderr: '', exitCode: 0 })
  expect(runBundle('versoin')).toEqual({
    stdout: '',
    stderr:
      'error: unknown command "versoin" for "kubectl perf"; did you mean "version"?\nSee \'kubectl perf --help\' for usage.\n',
    exitCode: 2,
  })
})

test('the digest is that of the content', async () => {
  expect((await bundleProgram('v1.2.3')).digest).toBe(program.digest)
  expect((await bundleProgram('v1.2.4')).digest).not.toBe(program.digest)
})

test('the parser of yargs is in it, its slow and talkative rest is not', () => {
  const inputs = program.metafiles.flatMap((metafile) => Object.keys(metafile.inputs))
  expect(inputs).toContain('node_modules/yargs-parser/build/lib/yargs-parser.js')
  expect(
    inputs.filter((file) =>
      /cliui|y18n|escalade|\/platform-shims\/|node_modules\/(ora|yargs)\/node_modules\/string-width/.test(file),
    ),
  ).toEqual([])
})
