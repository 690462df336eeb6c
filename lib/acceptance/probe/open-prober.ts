import { PerfError } from '../../errors/perf-error.ts'
import { splitLines } from '../../kube/split-lines.ts'
import type { RunningCommand } from '../../kube/streams/exec.ts'
import { createLookers } from '../../run/until-look.ts'
import {
  type Change,
  type ClockReading,
  parseChange,
  type RemoteClock,
  remoteClock,
  type TimedChange,
  timedChange,
} from './attempts.ts'
import type { Room } from './measure-in-scope.ts'
import type { ProbePod } from './probe-pods.ts'
import { PROBE_SCRIPT } from './probe-script.ts'
import { oldBash } from './run-script.ts'

/** After so long without an answer an attempt counts as blocked: within a cluster an answer takes a millisecond or two. */
export const ATTEMPT_LIMIT_SECONDS = 0.05
/** Between two attempts. */
export const PAUSE_SECONDS = 0.01

/** An alarm that comes that much early still has ended the attempt. */
const BLOCKED_MICROS = 40_000
const READY_MS = 30_000
const CLOCK_READINGS = 5
/** Longer than any item takes. */
const SESSION_MS = 3_600_000

/** A client that connects to one place again and again. */
export interface Prober {
  readonly pod: ProbePod
  /** Reads the clock of the pod's node anew, while nothing is watched. */
  readClock(): Promise<void>
  /** How far off the times are, in ms, either way. */
  clockUncertaintyMs(): number
  /** Begins to connect there; the changes begin anew. */
  watch(host: string, port: number): void
  /** Stops connecting. @returns how many attempts in a row have had the last result */
  pause(): Promise<number>
  /** A moment of its node's clock, in microseconds since the epoch, in ms of the monotonic clock here. */
  toMs(micros: number): number
  /** Since `watch`. */
  readonly changes: readonly TimedChange[]
  /**
   * Looks at the changes now and after each until there is a result.
   * @throws the signal's reason, or what ended the session
   */
  until<T>(look: (changes: readonly TimedChange[]) => T | undefined, signal: AbortSignal): Promise<T>
  close(): Promise<void>
}

/**
 * Begins a session of the probe script in a client pod.
 * @throws PerfError where the image has no bash that can do it; what kept the session from coming about
 */
export async function openProber(room: Room, pod: ProbePod): Promise<Prober> {
  const { client, namespace, signal } = room
  const stop = new AbortController()
  const { changed, until } = createLookers(stop.signal)
  const waitingFor = new Map<string, (line: string, atMs: number) => void>()
  const changes: TimedChange[] = []
  const take = (line: string, atMs: number) => {
    const change: Change | undefined = parseChange(line)
    if (change === undefined) {
      const [word = ''] = line.split(' ')
      waitingFor.get(word)?.(line, atMs)
    } else {
      changes.push(timedChange(change, clock))
      changed()
    }
  }
  const command = ['bash', '-c', PROBE_SCRIPT, 'bash', String(ATTEMPT_LIMIT_SECONDS), String(BLOCKED_MICROS)]
  const running: RunningCommand = client.exec({ namespace, pod: pod.name }, command, {
    stdin: true,
    signal: AbortSignal.any([signal, stop.signal]),
    timeoutMs: SESSION_MS,
    onStdout: splitLines((line, atMs) => take(line.toString('utf8'), atMs)),
  })
  const ended = running.done.then(({ stderr, exitCode }): never => {
    throw new PerfError(`the probe in pod ${pod.name} on ${pod.node} ended with ${exitCode}: ${stderr.trim()}`)
  })
  ended.catch((error: unknown) => stop.abort(error))
  /** What the script says with one of these words first. */
  const answer = (...words: readonly string[]): Promise<{ line: string; atMs: number }> => {
    const said = Promise.withResolvers<{ line: string; atMs: number }>()
    for (const word of words) waitingFor.set(word, (line, atMs) => said.resolve({ line, atMs }))
    const timer = setTimeout(() => {
      said.reject(
        new PerfError(`the probe in pod ${pod.name} on ${pod.node} did not answer within ${READY_MS / 1000}s`),
      )
    }, READY_MS)
    return Promise.race([said.promise, ended]).finally(() => {
      clearTimeout(timer)
      for (const word of words) waitingFor.delete(word)
    })
  }
  const close = async () => {
    stop.abort(new Error('the probe was closed'))
    await running.done.catch(() => {})
  }
  const readClock = async (): Promise<RemoteClock> => {
    const readings: ClockReading[] = []
    while (readings.length < CLOCK_READINGS) {
      const sentMs = performance.now()
      const said = answer('clock')
      running.write('clock\n')
      const { line, atMs } = await said
      readings.push({ sentMs, receivedMs: atMs, micros: Number(line.split(' ')[1]) })
    }
    return remoteClock(readings)
  }
  const { line } = await answer('ready', 'unfit')
  if (line === 'unfit') {
    await close()
    throw oldBash(pod)
  }
  let clock = await readClock()

  return {
    pod,
    async readClock() {
      clock = await readClock()
    },
    clockUncertaintyMs: () => clock.uncertaintyMs,
    watch(host, port) {
      changes.length = 0
      running.write(`watch ${PAUSE_SECONDS} ${host} ${port}\n`)
    },
    async pause() {
      const said = answer('paused')
      running.write('pause\n')
      const { line: words } = await said
      return Number(words.split(' ')[2])
    },
    toMs: (micros) => clock.toMs(micros),
    changes,
    until: (look, limit) => until(() => look(changes), limit),
    close,
  }
}

/** Opens a prober in each of the pods, and closes all when the work is done. */
export async function withProbers<T>(
  room: Room,
  pods: readonly ProbePod[],
  work: (probers: readonly Prober[]) => Promise<T>,
): Promise<T> {
  const opened = await Promise.allSettled(pods.map((pod) => openProber(room, pod)))
  const probers = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  try {
    for (const one of opened) if (one.status === 'rejected') throw one.reason
    return await work(probers)
  } finally {
    await Promise.all(probers.map((prober) => prober.close()))
  }
}
