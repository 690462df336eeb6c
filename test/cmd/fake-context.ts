import { Readable } from 'node:stream'
import type { Context } from '../../cmd/command.ts'

interface Circumstances {
  readonly environment?: Context['environment']
  /** Of stdout and stderr. */
  readonly isTTY?: boolean
  readonly columns?: number
  /** Lines that a person types. */
  readonly stdin?: readonly string[]
  readonly signal?: AbortSignal
  readonly connect?: Context['connect']
}

interface FakeContext {
  readonly context: Context
  /** All that was written so far. */
  readonly stdout: () => string
  readonly stderr: () => string
  /** Command lines registered for clean-up and not disposed yet. */
  readonly cleanups: ReadonlySet<string>
}

/** A context for `run` in process: no terminal, no time that passes, nothing of the machine. */
export function fakeContext({
  environment = {},
  isTTY = false,
  columns,
  stdin = [],
  signal,
  connect,
}: Circumstances = {}): FakeContext {
  const written = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof written) => ({
    isTTY,
    columns,
    write: (text: string) => {
      written[name] += text
    },
  })
  const cleanups = new Set<string>()
  const context: Context = {
    io: {
      stdin: Object.assign(Readable.from(stdin), { isTTY }),
      stdout: stream('stdout'),
      stderr: stream('stderr'),
    },
    environment,
    homeDirectory: '/home/nobody',
    workingDirectory: '/',
    signal: signal ?? new AbortController().signal,
    clock: { now: () => new Date('2026-11-20T10:00:00Z'), monotonicMs: () => 0 },
    version: 'v1.2.3',
    platform: 'linux/amd64',
    connect: connect ?? (() => Promise.reject(new Error('this test has no cluster'))),
    registerCleanup: (commandLine) => {
      cleanups.add(commandLine)
      return { [Symbol.dispose]: () => void cleanups.delete(commandLine) }
    },
  }
  return { context, stdout: () => written.stdout, stderr: () => written.stderr, cleanups }
}
