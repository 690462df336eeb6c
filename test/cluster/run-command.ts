import { spawn } from 'node:child_process'
import { PerfError } from '../../lib/errors/perf-error.ts'

export interface CommandResult {
  readonly stdout: string
  readonly stderr: string
  /** The exit code, or the signal's name when one ended it. */
  readonly exitCode: number | NodeJS.Signals
}

export interface CommandOptions {
  readonly env: NodeJS.ProcessEnv
  readonly timeoutMs: number
  readonly stdin?: string
}

/** Runs a program to its end. Rejects when it cannot be started or does not end in time; then it is killed. */
export function runCommand(command: string, args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: options.env, stdio: 'pipe' })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.stdin.on('error', () => {
      // The program ended without reading all of its input: its exit code tells.
    })
    child.stdin.end(options.stdin)
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`${command} ${args.join(' ')} did not end within ${options.timeoutMs / 1000} s\n${stderr}`))
    }, options.timeoutMs)
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ stdout, stderr, exitCode: code ?? signal ?? 'SIGKILL' })
    })
  })
}

/** Runs a program that has no reason to fail and gives its stdout; throws with its stderr when it does. */
export async function mustRun(
  command: string,
  args: readonly string[],
  options: Partial<CommandOptions> = {},
): Promise<string> {
  const result = await runCommand(command, args, { env: process.env, timeoutMs: 120_000, ...options })
  if (result.exitCode === 0) return result.stdout
  throw new PerfError(`${command} ${args.join(' ')} exited with ${result.exitCode}: ${result.stderr.trimEnd()}`)
}
