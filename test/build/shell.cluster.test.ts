import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import type { ControlPlane } from '../cluster/control-plane.ts'
import { systemPath } from '../cluster/executables.ts'
import { runCommand } from '../cluster/run-command.ts'
import { sharedCluster } from '../cluster/shared-cluster.ts'

// The binary in places that are less tidy than a test's: closed streams, users without a home, foreign locales, narrow terminals.

const RUNS = fileURLToPath(new URL('../fixtures/runs', import.meta.url))
const VERSION = `kubectl-perf v${packageJson.version}\n`

let folder = ''
let binary = ''
let cluster: ControlPlane
beforeAll(async () => {
  cluster = await sharedCluster()
  folder = await mkdtemp(join(tmpdir(), 'shell-'))
  await chmod(folder, 0o755)
  // Where any user may run it.
  binary = join(folder, 'kubectl-perf')
  await copyFile(fileURLToPath(new URL('../../dist/kubectl-perf', import.meta.url)), binary)
  await chmod(binary, 0o755)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Runs a script of bash in which `$perf` is the binary. */
const bash = (script: string, variables: Readonly<Record<string, string>> = {}) =>
  runCommand('bash', ['-c', `set -o pipefail\n${script}`], {
    env: { PATH: systemPath(), HOME: folder, perf: binary, ...variables },
    timeoutMs: 300_000,
  })

describe('streams', () => {
  test.each([
    ['stdin', '<&-', VERSION],
    ['stdout', '>&-', ''],
    ['stderr', '2>&-', VERSION],
  ])('%s closed', async (_, redirection, stdout) => {
    expect(await bash(`"$perf" version ${redirection}`)).toEqual({ stdout, stderr: '', exitCode: 0 })
    // Through the whole program, too.
    const { exitCode, stderr } = await bash(`"$perf" version -o json ${redirection}`)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  })

  test('nothing is asked where nobody can answer', async () => {
    for (const stdin of ['<&-', '</dev/null', '< <(echo y)']) {
      expect(await bash(`"$perf" density --iterations 1001 ${stdin}`, { ...cluster.environment })).toMatchObject({
        exitCode: 2,
        stdout: '',
        stderr: expect.stringContaining('error: This creates 1001 pods. Confirm it with --yes\n'),
      })
    }
  })

  test('a reader that has seen enough ends it without a word, in the middle of 5 MB', async () => {
    const { stdout, stderr } = await bash(
      '("$perf" density --iterations 5000 --dry-run=client; echo $? >&2) | head -n 1',
    )
    expect({ stdout, stderr }).toEqual({
      stdout: '# 5000 pods in the end; everything is removed afterwards\n',
      stderr: '0\n',
    })
  })

  test('a slow reader gets all of it', async () => {
    const path = join(folder, 'piped.yaml')
    const slowly = '(sleep 1; for i in {1..40}; do dd bs=512k count=1 iflag=fullblock status=none; sleep 0.05; done)'
    const ended = await bash(`"$perf" density --iterations 6000 --dry-run=client | ${slowly} > '${path}'`)
    expect(ended).toEqual({ stdout: '', stderr: '', exitCode: 0 })
    const text = await readFile(path, 'utf8')
    expect(text.length).toBeGreaterThan(5_000_000)
    expect([...text.matchAll(/^kind: Pod$/gm)]).toHaveLength(6000)
    expect(text).toMatch(/name: pod-5999[\s\S]*\n$/)
  })
})

describe('users and folders', () => {
  const stranger = 'setpriv --reuid=12345 --regid=12345 --clear-groups env -i "$perf"'

  test('a user whom the machine does not know, without a home', async () => {
    expect(await bash(`${stranger} version -o json`)).toMatchObject({ exitCode: 0, stderr: '' })
    const { stderr, exitCode } = await bash(`${stranger} density`)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('did you specify the right host or port?\n  no kubeconfig names a server: set KUBECONFIG')
  })

  test('a folder that is gone', async () => {
    const ended = await bash(
      `mkdir '${folder}/gone'; cd '${folder}/gone'; rmdir '${folder}/gone'; "$perf" version -o json`,
    )
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' })
  })

  test('a disk that is read-only: what needs no file runs, and what does says so before anything is made', async () => {
    const inReadOnly = (command: string) =>
      bash(`unshare -m bash -c 'mount -t tmpfs -o ro none /mnt && cd /mnt && ${command}'`, {
        ...cluster.environment,
        HOME: '/mnt',
        TMPDIR: '/mnt',
      })
    expect(await inReadOnly('"$perf" maxpods-check -o json | head -c 1')).toMatchObject({ stdout: '{' })
    for (const [flags, message] of [
      ['--output-dir results', 'error: cannot write to directory "/mnt/results"'],
      ['--output-file x.json', 'error: cannot write to file "x.json": EROFS'],
    ]) {
      const { stderr, exitCode } = await inReadOnly(`"$perf" density ${flags}`)
      expect(stderr).toContain(message)
      expect(stderr).not.toContain('Creating')
      expect(exitCode).toBe(1)
    }
  })

  test('names of files are such that Windows and artifact stores take them', async () => {
    const directory = join(folder, 'results')
    await mkdir(directory)
    const flags = `--iterations 3 --output-dir '${directory}' -q`
    const { exitCode, stderr } = await bash(`"$perf" density ${flags} >/dev/null`, { ...cluster.environment })
    expect(exitCode, stderr).toBe(0)
    const names = await readdir(directory)
    expect(names.length).toBeGreaterThan(8)
    for (const name of names) expect(name).toMatch(/^[^<>:"/\\|?*\u0000-\u001f]+[^. ]$/)
  })
})

describe('the environment', () => {
  test.each([
    '--max-old-space-size=512',
    '--enable-source-maps --trace-warnings',
    '--unhandled-rejections=strict --no-deprecation',
    '--dns-result-order=ipv4first --experimental-vm-modules',
  ])('NODE_OPTIONS=%s, which is for other programs', async (options) => {
    const ended = await bash('"$perf" version; "$perf" version -o json', { NODE_OPTIONS: options })
    expect(ended).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringContaining(`${VERSION}{\n`) })
  })

  test('figures, tables and help are the same in all locales', async () => {
    await writeFile(join(folder, 'values.yaml'), 'operator:\n  replicas: 3\nIPAM: {}\n')
    const commands = [
      `"$perf" report '${RUNS}/density' -o wide`,
      `"$perf" report '${RUNS}/netperf' '${RUNS}/maxpods-check' -o markdown`,
      `"$perf" cilium lint -f '${folder}/values.yaml' --cilium-version 1.20`,
    ].join('; ')
    const plain = await bash(`${commands} 2>&1`, { LC_ALL: 'C' })
    expect(plain.stdout.length).toBeGreaterThan(10_000)
    for (const locale of ['de_DE.UTF-8', 'tr_TR.UTF-8']) {
      const other = await bash(`${commands} 2>&1`, { LC_ALL: locale, LANG: locale, TZ: 'Asia/Kolkata' })
      expect(other.stdout, locale).toBe(plain.stdout)
    }
  })

  test('a terminal of 40 columns', async () => {
    const onNarrow = async (command: string) => {
      const { stdout } = await bash(`script -qefc 'stty cols 40; exec "$perf" ${command}' /dev/null </dev/null`, {
        TERM: 'xterm',
      })
      return stripVTControlCharacters(stdout).replaceAll('\r', '').split('\n')
    }
    for (const command of ['--help', 'netperf --help', 'cilium --help']) {
      const lines = await onNarrow(command)
      expect(lines.length).toBeGreaterThan(10)
      // Command lines are kept whole, to be copied, and so are names of flags.
      const prose = lines.filter((line) => !/kubectl perf|^ {2}# |^ {4}-/.test(line))
      expect(prose.filter((line) => line.length > 40)).toEqual([])
    }
  })
})
