import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { COUNT_SCRIPT, PINNED_MAPS_SCRIPT, partsOf, READ_SCRIPT } from '../../../../lib/cilium/agents/script.ts'

// The scripts run in a real shell, with tools that say what they were asked.

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agent-script-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function tool(name: string, script: string): Promise<void> {
  const file = join(folder, name)
  await writeFile(file, `#!/bin/sh\n${script}\n`)
  await chmod(file, 0o755)
}

/** @param programs of this machine that the container has */
async function run(script: string, words: readonly string[] = ['5'], programs = ['timeout', 'head', 'tr', 'grep']) {
  for (const program of programs) await symlink(`/usr/bin/${program}`, join(folder, program))
  return partsOf(
    execFileSync('/bin/sh', ['-c', script, 'sh', ...words], {
      encoding: 'utf8',
      env: { PATH: folder },
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  )
}

test('each part with what it printed and its exit code, one that fails beside the others', async () => {
  await tool('cilium-dbg', 'case "$1" in status) echo gone >&2; exit 3;; *) echo "$@"; printf "two\\n\\n";; esac')
  const parts = await run(READ_SCRIPT)
  expect([...parts.keys()]).toEqual(['metrics', 'version', 'status', 'memory'])
  expect(parts.get('version')).toEqual({ text: 'version\ntwo', exitCode: 0 })
  expect(parts.get('metrics')?.text).toMatch(/^metrics list -p \^cilium_\(.*\) -o json\ntwo$/)
  expect(parts.get('status')).toEqual({ text: '', exitCode: 3 })
  expect(parts.get('memory')?.text).toMatch(/^MemTotal: .*\nMemFree: .*\nMemAvailable: .*$/)
})

test('the tool as it was called before 1.15, and no timeout program', async () => {
  await tool('cilium', 'echo "$0" | tr -d "\\n" >/dev/null; echo old "$1"')
  const parts = await run(READ_SCRIPT, ['5'], ['head', 'tr'])
  expect(parts.get('metrics')).toEqual({ text: 'old metrics', exitCode: 0 })
})

test('a tool that hangs ends by itself', async () => {
  await tool('cilium-dbg', '[ "$1" = status ] && exec /bin/sleep 30; echo fine')
  const parts = await run(READ_SCRIPT, ['1'])
  expect(parts.get('status')?.exitCode).toBe(124)
  expect(parts.get('memory')?.exitCode).toBe(0)
})

test('an agent that does not tell its metrics is not asked more', async () => {
  await tool('cilium-dbg', '[ "$1" = metrics ] && exec /bin/sleep 30; echo fine')
  expect([...(await run(READ_SCRIPT, ['1']))]).toEqual([['metrics', { text: '', exitCode: 124 }]])
})

test('a container without the tool says nothing', async () => {
  expect((await run(READ_SCRIPT)).size).toBe(0)
})

test('no command that could write to a map', () => {
  const script = `${READ_SCRIPT}${PINNED_MAPS_SCRIPT}${COUNT_SCRIPT}`
  const commands = [...script.matchAll(/\$t (?:\$c|bpftool(?: -j)?) ([a-z]+(?: [a-z]+)?)/g)].map(([, words]) => words)
  expect(commands).toEqual(['metrics list', 'version', 'status', 'map show', 'map dump'])
})

test('pinned maps: those of the folder, with what bpftool says', async () => {
  const globals = join(folder, 'globals')
  await mkdir(globals)
  for (const name of ['cilium_ct4_global', 'cilium_lxc']) await writeFile(join(globals, name), '')
  await tool(
    'bpftool',
    'case "$5" in *lxc) echo "{\\"error\\":\\"no\\"}"; exit 255;; *) echo "{\\"asked\\":\\"$*\\"}";; esac',
  )
  const parts = await run(PINNED_MAPS_SCRIPT.replaceAll('/sys/fs/bpf/tc/globals', globals))
  expect(Object.fromEntries(parts)).toEqual({
    cilium_ct4_global: { text: `{"asked":"-j map show pinned ${globals}/cilium_ct4_global"}`, exitCode: 0 },
    cilium_lxc: { text: '{"error":"no"}', exitCode: 255 },
  })
})

test('entries are counted in one line, whether formatted too or not, and a dump that breaks is told', async () => {
  const raw = '{"key":["0x01","0x02"],"value":["0x00"]}'
  const formatted = '{"key":["0x01"],"value":["0x00"],"formatted":{"key":{"a":1},"value":{"key":["x"]}}}'
  await tool(
    'bpftool',
    `case "$5" in *raw) printf '[${raw},${raw},${raw}]';; *formatted) printf '[${formatted},${formatted}]';; *empty) printf '[]';; *) printf '[${raw},'; exit 255;; esac`,
  )
  const parts = await run(COUNT_SCRIPT, ['5', 'raw', 'formatted', 'empty', 'broken'])
  const lines = [...parts].map(([name, { text }]) => [name, text.split('\n').sort()])
  expect(lines).toEqual([
    ['raw', ['3', 'dumped 0']],
    ['formatted', ['2', 'dumped 0']],
    ['empty', ['0', 'dumped 0']],
    ['broken', ['1', 'dumped 255']],
  ])
})

test('names of maps are words to the shell and nothing else', async () => {
  await tool('bpftool', 'printf "[]"')
  const parts = await run(COUNT_SCRIPT, ['5', '$(exit 9); "x', 'a b'])
  expect([...parts.keys()]).toEqual(['$(exit 9); "x', 'a b'])
})

test('an answer that was cut has the parts that were whole', () => {
  const whole = '\n=== kubectl-perf a\none\n\n=== kubectl-perf a ended 0\n\n=== kubectl-perf b\ntw'
  expect([...partsOf(whole).keys()]).toEqual(['a'])
  expect(partsOf('').size).toBe(0)
})
