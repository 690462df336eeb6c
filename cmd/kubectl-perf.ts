import { homedir } from 'node:os'
import { isatty } from 'node:tty'
import packageJson from '../package.json' with { type: 'json' }
import type { Context } from './command.ts'
import { toConnectionOptions } from './connection.ts'
import { ERROR, interruptionExitCode, PASSED } from './exit-code.ts'
import { watchOutput } from './output-fault.ts'
import { run } from './root.ts'
import { Interruption, listenForInterruptions, outlivesTerminal } from './signals.ts'

// The only place that touches the process: it gives the program its context and takes its exit code.

const GO_ARCHITECTURE: Readonly<Record<string, string>> = { x64: 'amd64' }

const outputFailed = watchOutput(process)

const { signal, registerCleanup } = listenForInterruptions(process, {
  ignoresHangUp: outlivesTerminal(process.platform, isatty),
  leave(name, lastWords) {
    process.stderr.write(lastWords)
    process.exit(interruptionExitCode(new Interruption(name)))
  },
})

const version = `v${packageJson.version}`
const platform = `${process.platform === 'win32' ? 'windows' : process.platform}/${GO_ARCHITECTURE[process.arch] ?? process.arch}`
// A user whom the machine does not know has no home (as in pods of OpenShift), and a folder may be gone: both are no reason
// not to run.
const place = { homeDirectory: orElse(homedir, '/'), workingDirectory: orElse(() => process.cwd(), '') }

const context: Context = {
  io: {
    // Opened only when a command asks for it.
    get stdin() {
      return process.stdin
    },
    stdout: process.stdout,
    stderr: process.stderr,
  },
  environment: process.env,
  ...place,
  signal,
  clock: { now: () => new Date(), monotonicMs: () => performance.now() },
  version,
  platform,
  connect: async (options) => {
    const { connect } = await import('../lib/kube/client.ts')
    const environment = { variables: process.env, ...place }
    return connect(toConnectionOptions(options), environment, {
      signal,
      userAgent: `kubectl-perf/${version} (${platform})`,
    })
  },
  registerCleanup,
}

void run(process.argv.slice(2), context).then((exitCode) => {
  // Connections that are still open must not keep a finished program alive, and a pipe must get all that was written.
  process.stdout.write('', () => {
    setImmediate(() => process.exit(outputFailed() && exitCode === PASSED ? ERROR : exitCode))
  })
})

function orElse(read: () => string, other: string): string {
  try {
    return read()
  } catch {
    return other
  }
}
