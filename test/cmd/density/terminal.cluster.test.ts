import { spawn } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { sharedCluster } from '../../cluster/shared-cluster.ts'
import { openTerminal as openOn, script } from './open-terminal.ts'

// What a person at a terminal sees, with the escape sequences that other tests leave out.

const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'
const CTRL_C = '\u0003'
const COLOR = /\u001b\[3\d*m/

let cluster: ControlPlane
beforeAll(async () => {
  cluster = await sharedCluster()
})

const openTerminal = (argv: readonly string[], variables: Readonly<Record<string, string>> = {}) =>
  openOn({ kubeconfig: cluster.kubeconfig, variables }, ['--namespaces', '2', ...argv])

function expectCursor(output: string): void {
  expect(output).toContain(HIDE_CURSOR)
  expect(output.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(output.lastIndexOf(HIDE_CURSOR))
}

test('a line that changes, notes broken at the width, a colored verdict, and the cursor back', async () => {
  const terminal = openTerminal(['--iterations', '40'])
  await terminal.shown(/create \d+\/40 {3}ready \d+.* \d+s/)
  expect(await terminal.ended).toBe(0)
  const output = terminal.output()
  expectCursor(output)
  expect(output).toContain('\u001b[32mPASSED\u001b[39m in ')
  const lines = stripVTControlCharacters(output).split('\r\n')
  const context = lines.findIndex((line) => line.startsWith('Context '))
  expect(lines[context]?.length).toBeLessThanOrEqual(72)
  expect(`${lines[context]} ${lines[context + 1]}`).toMatch(/all removed afterwards\. Run [a-z0-9]{6}\.$/)
})

test('NO_COLOR takes the color, not the line that changes', async () => {
  const terminal = openTerminal(['--iterations', '20'], { NO_COLOR: '' })
  await terminal.shown(/create \d+\/20/)
  expect(await terminal.ended).toBe(0)
  expect(terminal.output()).not.toMatch(COLOR)
  expect(terminal.output()).toMatch(/^PASSED in /m)
  expectCursor(terminal.output())
})

test('--quiet shows the result alone', async () => {
  const terminal = openTerminal(['--iterations', '2', '--quiet'])
  expect(await terminal.ended).toBe(0)
  expect(terminal.output()).not.toContain(HIDE_CURSOR)
  expect(terminal.output()).toMatch(/^PHASE /)
})

test('Ctrl-C says what happens now; the cursor is back and the verdict says aborted', async () => {
  const terminal = openTerminal(['--iterations', '300'])
  await terminal.shown(/create \d+\/300/)
  terminal.type(CTRL_C)
  await terminal.shown(/Stopping and cleaning up\. Press Ctrl-C again to leave at once\./)
  expect(await terminal.ended).toBe(130)
  expect(terminal.output()).toContain('\u001b[33mABORTED\u001b[39m in ')
  expectCursor(terminal.output())
})

test('the second Ctrl-C leaves at once with the command that cleans up, and gives the cursor back', async () => {
  const terminal = openTerminal(['--iterations', '300'])
  await terminal.shown(/create \d+\/300/)
  terminal.type(CTRL_C)
  await terminal.shown(/Stopping/)
  terminal.type(CTRL_C)
  expect(await terminal.ended).toBe(130)
  expectCursor(terminal.output())
  const command = /kubectl perf (cleanup --run [a-z0-9]{6} -y)/.exec(stripVTControlCharacters(terminal.output()))?.[1]
  const cleanup = spawn(process.execPath, [script, ...(command ?? '').split(' ')], {
    env: { PATH: process.env.PATH, HOME: '/nonexistent', KUBECONFIG: cluster.kubeconfig },
    stdio: 'ignore',
  })
  expect(await new Promise((resolve) => void cleanup.once('close', resolve))).toBe(0)
})
