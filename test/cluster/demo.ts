import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { PerfError } from '../../lib/errors/perf-error.ts'
import { startControlPlane } from './control-plane.ts'
import { reportToStderr } from './progress.ts'

const checkout = fileURLToPath(new URL('../..', import.meta.url))

/** `npm run demo`: builds the plugin, starts a cluster, measures it through a real kubectl, and removes the cluster. */
async function demo(): Promise<void> {
  await run(process.execPath, ['build/binary.ts'], {})
  reportToStderr('Starting a Kubernetes control plane with 5 fake nodes')
  const cluster = await startControlPlane({ kwokNodes: 5 })
  // The plugin cleans up on Ctrl-C; this process has to live on until then, to remove the cluster.
  const ignore = () => {}
  process.on('SIGINT', ignore)
  try {
    const args = ['perf', 'density', '--iterations', '10', ...process.argv.slice(2)]
    reportToStderr(`$ kubectl ${args.join(' ')}`)
    await run(cluster.kubectlPath, args, { ...cluster.environment, PATH: `${checkout}dist:${process.env.PATH}` })
  } finally {
    await cluster[Symbol.asyncDispose]()
    process.off('SIGINT', ignore)
  }
}

/** Runs a program on this terminal. */
async function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(command, args, { cwd: checkout, stdio: 'inherit', env: { ...process.env, ...env } })
  const exitCode = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? signal))
  })
  if (exitCode !== 0) throw new PerfError(`${command} ${args.join(' ')} exited with ${exitCode}`)
}

try {
  await demo()
} catch (error) {
  if (!(error instanceof PerfError)) throw error
  process.stderr.write([`error: ${error.message}`, ...error.advice, ''].join('\n'))
  process.exitCode = 1
}
