import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FAILED_FILES } from './second-tries.ts'

// What `npm test` runs: all tests. On a machine that does other things too one of thousands can fail, and the cluster that it
// leaves fails its second try. So CI runs the file once more by itself, with a cluster of its own, and says so at its end.

const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'kubectl-perf-tests-'))

// A terminal sends it to vitest too, which ends in good order.
let isInterrupted = false
process.on('SIGINT', () => {
  isInterrupted = true
})

try {
  process.exitCode = await run([])
  const files = process.exitCode === 0 || isInterrupted ? [] : await failedFiles()
  if (process.env.CI !== undefined && files.length > 0) {
    const list = files.map((file) => `  ${file}\n`).join('')
    process.stdout.write(`\nFailed, and run once more by themselves:\n${list}`)
    process.exitCode = await run(files)
    if (process.exitCode === 0)
      process.stdout.write(`\nPassed by themselves only, which is a fault to be found:\n${list}`)
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** @returns the exit code of vitest */
function run(files: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, [FAILED_FILES]: join(folder, 'failed.json') }
    const child = spawn(process.execPath, [vitest, 'run', ...files], { stdio: 'inherit', env })
    process.on('SIGTERM', () => child.kill('SIGTERM'))
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
}

/** Empty also where more failed than an accident does, or vitest has not come to its end. */
async function failedFiles(): Promise<string[]> {
  const text = await readFile(join(folder, 'failed.json'), 'utf8').catch(() => '[]')
  return JSON.parse(text) as string[]
}
