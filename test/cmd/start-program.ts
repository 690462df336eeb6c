import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import type { Ended } from './run-command-line.ts'

// The program as a process of its own: what takes signals, or dies.

const script = fileURLToPath(new URL('../../cmd/kubectl-perf.ts', import.meta.url))

export interface Program {
  readonly pid: number
  readonly stdout: () => string
  readonly stderr: () => string
  /** Resolves as soon as stderr matches; rejects with all of it when the program ends before. */
  printed(pattern: RegExp): Promise<void>
  signal(name: NodeJS.Signals): void
  /** Types this, with no return key at the end. */
  type(text: string): void
  /** Resolves when it has ended and all output is there; the exit code is -1 where a signal ended it. */
  readonly ended: Promise<Ended>
}

interface Circumstances {
  /** On a terminal: stdout and stderr come as one, both in stderr(). */
  readonly terminal?: boolean
}

/** Starts `kubectl perf ARGV` against a cluster. */
export function startProgram(
  kubeconfig: string,
  argv: readonly string[],
  { terminal = false }: Circumstances = {},
): Program {
  const command = [process.execPath, script, ...argv]
  // script(1) gives it a terminal, and hands over signals and its exit code.
  const [file = '', ...args] = terminal ? ['script', '-qefc', command.map(quote).join(' '), '/dev/null'] : command
  const child = spawn(file, args, {
    env: { PATH: process.env.PATH, HOME: '/nonexistent', KUBECONFIG: kubeconfig, TERM: 'xterm' },
    stdio: 'pipe',
  })
  const output = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  const collect = (name: keyof typeof output) => (chunk: Buffer) => {
    output[name] += stripVTControlCharacters(String(chunk))
    for (const listener of listeners) listener()
  }
  child.stdout.on('data', collect(terminal ? 'stderr' : 'stdout'))
  child.stderr.on('data', collect('stderr'))
  // Who types to a program that has ended is told by its exit code.
  child.stdin.on('error', () => {})
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ exitCode: code ?? -1, ...output }))
  })
  return {
    pid: child.pid ?? -1,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    ended,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (!pattern.test(output.stderr)) return
          listeners.delete(check)
          resolve()
        }
        listeners.add(check)
        check()
        void ended.then(({ stderr }) => reject(new Error(`ended without ${pattern}:\n${stderr}`)))
      }),
    signal: (name) => void child.kill(name),
    type: (text) => void child.stdin.write(text),
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
