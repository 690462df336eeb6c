import { spawn } from 'node:child_process'
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { installPackages } from '../../cluster/debian-packages.ts'
import { findProgram } from '../../cluster/executables.ts'
import { reportToStderr } from '../../cluster/progress.ts'
import { mustRun, runCommand } from '../../cluster/run-command.ts'
import { sharedCluster } from '../../cluster/shared-cluster.ts'

// The binary, and real shells on a terminal in which somebody presses Tab.

const BASH_COMPLETION = '/usr/share/bash-completion/bash_completion'
const binary = fileURLToPath(new URL('../../../dist/kubectl-perf', import.meta.url))

let cluster: ControlPlane
let home = ''
let environment: Record<string, string> = {}
beforeAll(async () => {
  cluster = await sharedCluster()
  const missing = (await findProgram('zsh')) === undefined ? ['zsh'] : []
  if ((await findProgram('fish')) === undefined) missing.push('fish')
  if (
    await access(BASH_COMPLETION).then(
      () => false,
      () => true,
    )
  )
    missing.push('bash-completion')
  await installPackages('Tests of completion need', missing, reportToStderr)
  home = await mkdtemp(join(tmpdir(), 'completion-'))
  const bin = join(home, 'bin')
  await mustRun('mkdir', [bin])
  await mustRun('ln', ['-s', binary, join(bin, 'kubectl-perf')])
  environment = {
    ...cluster.environment,
    PATH: `${bin}:${dirname(cluster.kubectlPath)}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    TERM: 'xterm',
    LANG: 'C.UTF-8',
    // A machine that is busy may not answer within a second.
    PERF_COMPLETION_TIMEOUT: '60s',
  }
})
afterAll(() => rm(home, { recursive: true, force: true }))

const perf = (...words: string[]) => runCommand('kubectl', ['perf', ...words], { env: environment, timeoutMs: 60_000 })

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

/**
 * What stands on the command line of a shell once Tab was pressed behind each of `lines`. Left out are the space that follows,
 * which zsh takes back when the next key is none, and backslashes, which the script of kubectl writes before commas.
 */
async function pressTab(shell: readonly string[], settings: string, lines: readonly string[]): Promise<string[]> {
  const child = spawn('script', ['-qefc', `stty columns 200; exec ${shell.map(quote).join(' ')}`, '/dev/null'], {
    env: environment,
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += stripVTControlCharacters(String(chunk)).replaceAll('\r', '')
  })
  const shown = (pattern: RegExp) => expect.poll(() => output, { timeout: 60_000 }).toMatch(pattern)
  child.stdin.write(`${settings}\necho rea''dy\n`)
  await shown(/ready/)
  const completed: string[] = []
  for (const [index, line] of lines.entries()) {
    // Ctrl-A and Ctrl-E: to the beginning and to the end of the line.
    child.stdin.write(`${line}\t\u0001echo "<\u0005>" behi''nd${index}\n`)
    const shownLine = new RegExp(`<([^<>]*)> behind${index}`)
    await shown(shownLine)
    completed.push((shownLine.exec(output)?.[1] ?? '').trimEnd().replaceAll('\\', ''))
  }
  child.stdin.write('exit\n')
  return completed
}

const BASH = ['bash', '--norc', '--noprofile', '-i']
const ZSH = ['zsh', '-f', '-i']
const FISH = ['fish', '--no-config', '--private', '-i']
const bashOfKubectl = `. ${BASH_COMPLETION}; bind 'set enable-bracketed-paste off'; source <(kubectl completion bash)`
const zshOfKubectl =
  'unsetopt prompt_sp zle_bracketed_paste; autoload -U compinit; compinit -u -D; source <(kubectl completion zsh)'
const fishOfKubectl = 'kubectl completion fish | source'

const shells = [
  ['bash', BASH, bashOfKubectl, 'source <(kubectl-perf completion bash)'],
  ['zsh', ZSH, zshOfKubectl, 'source <(kubectl-perf completion zsh)'],
  ['fish', FISH, fishOfKubectl, 'kubectl-perf completion fish | source'],
] as const

const LINES: ReadonlyMap<string, string> = new Map([
  ['kubectl perf maxp', 'kubectl perf maxpods-check'],
  ['kubectl perf cilium bi', 'kubectl perf cilium bigtcp'],
  ['kubectl perf density --iter', 'kubectl perf density --iterations'],
  ['kubectl perf density --output=ju', 'kubectl perf density --output=junit'],
  ['kubectl perf netperf --path pod,ser', 'kubectl perf netperf --path pod,service'],
  ['kubectl perf density -n kube-pub', 'kubectl perf density -n kube-public'],
  // Of kubectl itself.
  ['kubectl api-res', 'kubectl api-resources'],
])

describe('once installed, kubectl completes the plugin, in every shell that completes kubectl', () => {
  test('install says what it does, is done once, and uninstall leaves no trace', async () => {
    const shim = join(home, 'bin/kubectl_complete-perf')
    expect(await perf('completion', 'install')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`error: This writes ${shim}. Confirm it with --yes\n`),
    })
    expect(await perf('completion', 'install', '-y')).toMatchObject({
      exitCode: 0,
      stdout: `Wrote ${shim}. To remove it: kubectl perf completion uninstall\n`,
    })
    expect((await perf('completion', 'install')).stdout).toBe(`${shim} is installed already.\n`)
    expect(await mustRun('ls', [join(home, 'bin')])).toBe('kubectl-perf\nkubectl_complete-perf\n')
    expect(await perf('completion', 'uninstall', '--yes')).toMatchObject({ exitCode: 0, stdout: `Removed ${shim}.\n` })
    expect(await mustRun('ls', [join(home, 'bin')])).toBe('kubectl-perf\n')
    expect((await perf('completion', 'uninstall', '-y')).stdout).toBe('No completion of kubectl-perf is installed.\n')
    await writeFile(shim, '#!/bin/sh\n')
    const foreign = await perf('completion', 'install', '-y')
    expect(foreign).toMatchObject({
      exitCode: 1,
      stderr: `error: ${shim} exists and is not of kubectl-perf\n  remove it first\n`,
    })
    await rm(shim)
  })

  test.each(shells)('%s', async (_, shell, settings) => {
    await perf('completion', 'install', '-y')
    expect(await pressTab(shell, settings, [...LINES.keys()])).toEqual([...LINES.values()])
    await perf('completion', 'uninstall', '-y')
  })
})

test.each(shells)('the script for %s, in which kubectl needs nothing else', async (_, shell, settings, script) => {
  const both = `${settings}; ${script}`
  const lines = new Map([...LINES, ['kubectl-perf maxp', 'kubectl-perf maxpods-check']])
  expect(await pressTab(shell, both, [...lines.keys()])).toEqual([...lines.values()])
})

test('names of the cluster: namespaces, nodes, contexts; nothing and no word where it cannot be reached', async () => {
  const complete = (...words: readonly string[]) =>
    runCommand(binary, ['__complete', ...words], { env: environment, timeoutMs: 60_000 })
  const names = async (resource: string) =>
    (await cluster.kubectl(['get', resource, '-o', 'custom-columns=:metadata.name', '--no-headers'])).trim().split('\n')
  const nodes = await names('nodes')
  const completes = async (words: readonly string[], stdout: string) =>
    expect(await complete(...words)).toEqual({ stdout, stderr: '', exitCode: 0 })
  await completes(['maxpods-check', ''], [...nodes, ':36', ''].join('\n'))
  const system = (await names('namespaces')).filter((name) => name.startsWith('kube-'))
  await completes(['density', '-n', 'kube-'], [...system, ':36', ''].join('\n'))
  const context = (await cluster.kubectl(['config', 'current-context'])).trim()
  await completes(['density', '--context', ''], `${context}\n:36\n`)
  // Whether an answer comes in time is not waited for.
  const { PERF_COMPLETION_TIMEOUT: _, ...inASecond } = environment
  for (const flags of [
    ['--context', 'x'],
    ['--server', 'http://127.0.0.1:1'],
    // Packets to this network are dropped or refused: RFC 5737.
    ['--server', 'http://192.0.2.1'],
  ]) {
    const words = ['__complete', 'density', ...flags, '-n', '']
    expect(await runCommand(binary, words, { env: inASecond, timeoutMs: 60_000 })).toEqual({
      stdout: ':4\n',
      stderr: '',
      exitCode: 0,
    })
  }
  expect(await complete('cilium', 'maps', '--map', 'ct_any4')).toMatchObject({ stdout: 'ct_any4_global\n:36\n' })
})
