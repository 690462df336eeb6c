import type { KubeClient } from '../../kube/client.ts'
import type { ExecTarget } from '../../kube/streams/exec.ts'
import type { ToolOutput } from '../engines/engine.ts'
import { cpuLoadOf } from '../facts/cpu-load.ts'
import type { CpuLoad, Throttling } from '../facts/path-facts.ts'
import { type MarkReader, readMarks, throttlingOf, withoutMarks } from './client-marks.ts'
import { CLIENT_SCRIPT } from './shell-scripts.ts'

/** So long a client may take until it waits at the barrier, */
const READY_MS = 30_000
/** and so much longer for each that is opened with it: a node begins few commands a second when it is busy. */
const READY_MS_PER_CLIENT = 1000

/** A tool to be run in a client's container. */
export interface ClientJob {
  readonly target: ExecTarget
  readonly command: readonly string[]
  /** Only a shell can hold it back. */
  readonly hasShell: boolean
  /** From its start on. */
  readonly timeoutMs: number
}

/** Times are in ms of the monotonic clock. */
export type ClientEnd =
  | {
      readonly kind: 'ended'
      readonly startedMs: number
      readonly output: ToolOutput
      readonly throttling?: Throttling
      readonly cpu?: CpuLoad
    }
  | {
      readonly kind: 'failed'
      readonly error: unknown
      /** Whether the tool has begun, which may have reached the server then. */
      readonly wasStarted: boolean
    }

export interface BarrierRun {
  /** In the order of the jobs. */
  readonly ends: readonly ClientEnd[]
  /** Of those that started; see StartSpread. */
  readonly clients: number
  readonly spreadSeconds: number
  readonly resolutionSeconds: number
}

/**
 * Holds all clients in open execs until each is ready, and lets them go together. Their starts are told by what they
 * write, as it comes in: no clock but ours is asked. Without a shell, the execs are opened as close together as possible.
 * A client that fails does not keep the others.
 * @param around is done while all wait, and when all have ended
 * @throws the signal's reason
 */
export async function releaseTogether(
  client: Pick<KubeClient, 'exec'>,
  jobs: readonly ClientJob[],
  signal: AbortSignal,
  around: { before(): Promise<unknown>; after(): Promise<unknown> },
): Promise<BarrierRun> {
  const readyMs = READY_MS + jobs.length * READY_MS_PER_CLIENT
  const held = jobs.map((job) => (job.hasShell ? holdClient(client, job, readyMs, signal) : undefined))
  const inTime = AbortSignal.timeout(readyMs)
  await Promise.all(held.flatMap((one) => (one === undefined ? [] : [one.ready(inTime)])))
  signal.throwIfAborted()
  await around.before()
  const releasedMs = performance.now()
  const running = jobs.map((job, index) => held[index]?.release() ?? openClient(client, job, signal))
  const ends = await Promise.all(running)
  await around.after()
  signal.throwIfAborted()
  const starts = ends.flatMap((end) => (end.kind === 'ended' ? [end.startedMs] : []))
  const [first, last] = [Math.min(...starts), Math.max(...starts)]
  const hasStarts = starts.length > 0
  return {
    ends,
    clients: starts.length,
    spreadSeconds: hasStarts ? (last - first) / 1000 : 0,
    resolutionSeconds: hasStarts ? (last - releasedMs) / 1000 : 0,
  }
}

interface HeldClient {
  /** Resolves when the client waits, or never will. */
  ready(limit: AbortSignal): Promise<void>
  release(): Promise<ClientEnd>
}

function holdClient(
  client: Pick<KubeClient, 'exec'>,
  job: ClientJob,
  readyMs: number,
  signal: AbortSignal,
): HeldClient {
  const waits = Promise.withResolvers<void>()
  const late = new AbortController()
  const marks: MarkReader = readMarks((word) => {
    if (word === 'ready') waits.resolve()
  })
  const running = client.exec(job.target, ['sh', '-c', CLIENT_SCRIPT, 'sh', ...job.command], {
    stdin: true,
    signal: AbortSignal.any([signal, late.signal]),
    timeoutMs: readyMs + job.timeoutMs,
    onStderr: (chunk, atMs) => marks.add(chunk, atMs),
  })
  const failed = (error: unknown): ClientEnd => ({ kind: 'failed', error, wasStarted: marks.seenMs.has('start') })
  const end = running.done.then(({ stdout, stderr, exitCode }): ClientEnd => {
    const throttling = throttlingOf(stderr)
    const cpu = cpuLoadOf(stderr)
    const startedMs = marks.seenMs.get('start')
    const output = { stdout, stderr: withoutMarks(stderr), exitCode }
    if (startedMs === undefined) return failed(new Error(`the client did not start: ${output.stderr}`))
    // The API server says "success" too when it is the kubelet that it has lost.
    if (!marks.seenMs.has('end')) {
      return failed(new Error('lost connection to pod: the output ends before the command did'))
    }
    return { kind: 'ended', startedMs, output, ...(throttling && { throttling }), ...(cpu && { cpu }) }
  }, failed)
  return {
    async ready(limit) {
      const isLate = () => late.abort(new Error(`the client was not ready within ${readyMs / 1000}s`))
      limit.addEventListener('abort', isLate, { once: true })
      await Promise.race([waits.promise, end])
      limit.removeEventListener('abort', isLate)
    },
    release() {
      if (marks.seenMs.has('ready')) running.write('\n')
      // The time for getting ready is not the tool's.
      const tooLong = setTimeout(
        () => late.abort(new Error(`the client did not end within ${job.timeoutMs / 1000}s`)),
        job.timeoutMs,
      )
      return end.finally(() => clearTimeout(tooLong))
    },
  }
}

async function openClient(
  client: Pick<KubeClient, 'exec'>,
  { target, command, timeoutMs }: ClientJob,
  signal: AbortSignal,
): Promise<ClientEnd> {
  const running = client.exec(target, command, { signal, timeoutMs })
  let startedMs: number | undefined
  try {
    startedMs = (await running.opened).atMs
    return { kind: 'ended', startedMs, output: await running.done }
  } catch (error) {
    return { kind: 'failed', error, wasStarted: startedMs !== undefined }
  }
}
