import { spawn } from 'node:child_process'
import { PerfError } from '../../lib/errors/perf-error.ts'
import { findProgram } from './executables.ts'
import { formatSeconds, type Report, showProgress } from './progress.ts'

/**
 * Installs Debian packages that tests need, with apt-get as root.
 * @param purpose what for, for the message: `Real nodes need`
 */
export async function installPackages(purpose: string, packages: readonly string[], report: Report): Promise<void> {
  if (packages.length === 0) return
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`
  if ((await findProgram('apt-get')) === undefined) {
    throw new PerfError(`${purpose} programs that are not installed: ${packages.join(', ')} (names of Debian packages)`)
  }
  if (process.getuid?.() !== 0) throw new PerfError(`${purpose} Debian packages: sudo ${command}`)
  report(`${purpose} Debian packages: ${command}`)
  await runAptGet(['update'], report)
  await runAptGet(['install', '-y', '--no-install-recommends', ...packages], report)
}

async function runAptGet(args: readonly string[], report: Report): Promise<void> {
  let output = ''
  const progress = showProgress(report, (elapsed) => `  apt-get ${args[0]}: ${formatSeconds(elapsed)}`)
  const child = spawn('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    if (exitCode !== 0) throw new PerfError(`apt-get ${args.join(' ')} exited with ${exitCode}\n${output.slice(-2000)}`)
  } finally {
    progress.stop()
  }
}
