import { toConnectionOptions } from '../../cmd/connection.ts'
import { run } from '../../cmd/root.ts'
import { connect } from '../../lib/kube/client.ts'
import type { RunRecord } from '../../lib/record/run-record.ts'
import { fakeContext } from './fake-context.ts'

export interface Ended {
  exitCode: number
  stdout: string
  stderr: string
}

/** A command line that runs. */
export interface Started {
  readonly ended: Promise<Ended>
  /** What it has written so far. */
  readonly stdout: () => string
  readonly stderr: () => string
}

/**
 * Runs a command line in this process against a cluster, as a script would: no terminal.
 * @param variables of the environment, beside KUBECONFIG
 */
export function startCommandLine(
  kubeconfig: string,
  argv: readonly string[],
  signal?: AbortSignal,
  variables: Readonly<Record<string, string>> = {},
): Started {
  const environment = { KUBECONFIG: kubeconfig, ...variables }
  const place = { variables: environment, homeDirectory: '/nonexistent', workingDirectory: '/' }
  const fake = fakeContext({
    environment,
    connect: (options) => connect(toConnectionOptions(options), place, signal === undefined ? {} : { signal }),
    ...(signal === undefined ? {} : { signal }),
  })
  const clock = { now: () => new Date(), monotonicMs: () => performance.now() }
  const ended = run(argv, { ...fake.context, clock }).then((exitCode) => ({
    exitCode,
    stdout: fake.stdout(),
    stderr: fake.stderr(),
  }))
  return { ended, stdout: fake.stdout, stderr: fake.stderr }
}

/** The same until it has ended. */
export function runCommandLine(...line: Parameters<typeof startCommandLine>): Promise<Ended> {
  return startCommandLine(...line).ended
}

/** The record that `-o json` printed. */
export function recordOf({ stdout }: Ended): RunRecord {
  return JSON.parse(stdout) as RunRecord
}
