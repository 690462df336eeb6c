import { spawnSync } from 'node:child_process'
import { open } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { obtainBinaries } from '../cluster/binaries/obtain-binaries.ts'
import { reportToStderr } from '../cluster/progress.ts'

const ROUNDS = 30
const WARM_UP_ROUNDS = 3

const plugin = fileURLToPath(new URL('../../dist/kubectl-perf', import.meta.url))

/**
 * How long the plugin takes to answer what needs no cluster, beside `kubectl version --client`: all commands in turn, so
 * that the machine's other work hits them alike. The ratio of the medians is the figure to keep.
 */
export async function benchStartUp(): Promise<void> {
  const kubectl = (await obtainBinaries(['control-plane'], reportToStderr)).get('kubectl') ?? ''
  await refuseScript(kubectl)
  const commands: readonly (readonly [label: string, program: string, args: readonly string[]])[] = [
    ['kubectl version --client', kubectl, ['version', '--client']],
    ['kubectl-perf --help', plugin, ['--help']],
    ['kubectl-perf --version', plugin, ['--version']],
    ['kubectl-perf density --help', plugin, ['density', '--help']],
    // Of static words: 50 ms at most, so that a key press feels like one.
    ['kubectl-perf __complete den', plugin, ['__complete', 'den']],
  ]
  const durationsMs = commands.map((): number[] => [])
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    for (const [index, [label, program, args]] of commands.entries()) {
      const started = performance.now()
      const { status } = spawnSync(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      const durationMs = performance.now() - started
      if (status !== 0) throw new Error(`${label} exited with ${status}`)
      if (round >= 0) durationsMs[index]?.push(durationMs)
    }
  }
  const load = loadavg()[0] ?? 0
  console.log(`Start-up: medians of ${ROUNDS} runs of each command in turn; load ${load.toFixed(1)}`)
  console.log('COMMAND                       MEDIAN    FASTEST   RATIO')
  const base = median(durationsMs[0] ?? [])
  for (const [index, [label]] of commands.entries()) {
    const sample = durationsMs[index] ?? []
    const cells = [
      `${median(sample).toFixed(1)}ms`,
      `${Math.min(...sample).toFixed(1)}ms`,
      (median(sample) / base).toFixed(2),
    ]
    console.log(
      `${label.padEnd(30)}${cells
        .map((cell) => cell.padEnd(10))
        .join('')
        .trimEnd()}`,
    )
  }
}

// A wrapper script would start a shell first, and flatter us.
async function refuseScript(path: string): Promise<void> {
  const file = await open(path)
  try {
    const { buffer } = await file.read({ buffer: Buffer.alloc(2) })
    if (buffer.toString() === '#!') throw new Error(`${path} is a script; the bench needs a kubectl binary`)
  } finally {
    await file.close()
  }
}

function median(sample: readonly number[]): number {
  const sorted = sample.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle) - 1] ?? Number.NaN)) / 2
}
