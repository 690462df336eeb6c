import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { PerfError } from '../../../lib/errors/perf-error.ts'

/**
 * Runs the go command in a module's folder and gives the lines that it prints on stdout. `onLine` gets every line at once, those
 * of stderr too. When go fails, the error has the last lines that it wrote.
 */
export async function runGo(args: readonly string[], cwd: string, onLine?: (line: string) => void): Promise<string[]> {
  const child = spawn('go', args, { cwd, env: { ...process.env, CGO_ENABLED: '0' }, stdio: ['ignore', 'pipe', 'pipe'] })
  const stdout: string[] = []
  const all: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (stream === child.stdout) stdout.push(line)
      all.push(line)
      onLine?.(line)
    })
  }
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? noGo() : error))
    child.once('close', resolve)
  })
  if (exitCode === 0) return stdout
  throw new PerfError(`go ${args.join(' ')} failed with exit code ${exitCode}:\n${all.slice(-20).join('\n')}`)
}

function noGo(): PerfError {
  return new PerfError("go is not on PATH; the test cluster's binaries are built with it", {
    advice: [
      'Install Go 1.24 or later: https://go.dev/doc/install',
      'Or put the binaries of exactly these versions on PATH or into KUBEBUILDER_ASSETS',
    ],
  })
}
