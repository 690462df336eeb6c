import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { expect, onTestFinished } from 'vitest'

export const script = fileURLToPath(new URL('../../../cmd/kubectl-perf.ts', import.meta.url))

export interface Session {
  output: () => string
  shown: (pattern: RegExp) => Promise<void>
  type: (text: string) => void
  /** The exit code. */
  ended: Promise<number>
}

interface Terminal {
  kubeconfig: string
  columns?: number
  variables?: Readonly<Record<string, string>>
}

/** A density run on a terminal of 72 columns or so many, which script(1) gives it; it ends with the test. */
export function openTerminal({ kubeconfig, columns = 72, variables = {} }: Terminal, argv: readonly string[]): Session {
  const words = [process.execPath, script, 'density', ...argv].map((word) => `'${word}'`)
  const child = spawn('script', ['-qefc', `stty columns ${columns}; exec ${words.join(' ')}`, '/dev/null'], {
    env: { PATH: process.env.PATH, HOME: '/nonexistent', TERM: 'xterm', KUBECONFIG: kubeconfig, ...variables },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += String(chunk)
  })
  return {
    output: () => output,
    shown: (pattern) => expect.poll(() => stripVTControlCharacters(output), { timeout: 60_000 }).toMatch(pattern),
    type: (text) => void child.stdin.write(text),
    ended: new Promise((resolve) => void child.once('close', (code) => resolve(code ?? -1))),
  }
}
