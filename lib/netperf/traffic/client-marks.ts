import { splitLines } from '../../kube/split-lines.ts'
import type { Throttling } from '../facts/path-facts.ts'
import { MARK } from './shell-scripts.ts'

/** Reads what the scripts mark on stderr, while it comes in. */
export interface MarkReader {
  /** Takes a piece of stderr that came at a moment of the monotonic clock. */
  add(chunk: Uint8Array, atMs: number): void
  /** When the last byte of the line `kubectl-perf: WORD` had come. */
  readonly seenMs: ReadonlyMap<string, number>
}

/** @param onMark is called with each marked word the moment its line is complete */
export function readMarks(onMark: (word: string) => void = () => {}): MarkReader {
  const seenMs = new Map<string, number>()
  const add = splitLines((bytes, receivedMs) => {
    const line = bytes.toString('utf8')
    if (!line.startsWith(MARK)) return
    const word = line.slice(MARK.length).trim()
    if (!seenMs.has(word)) seenMs.set(word, receivedMs)
    onMark(word)
  })
  return { seenMs, add }
}

/** The tool's own stderr, without the lines of the script around it. */
export function withoutMarks(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => !line.startsWith(MARK))
    .join('\n')
    .replace(/\n$/, '')
}

export interface MarkedCounters {
  readonly before: ReadonlyMap<string, readonly number[]>
  readonly after: ReadonlyMap<string, readonly number[]>
}

/** The numbers behind each key that the scripts have marked before and after the tool; no key where one is no number. */
export function markedCounters(stderr: string): MarkedCounters {
  const counters = { before: new Map<string, readonly number[]>(), after: new Map<string, readonly number[]>() }
  for (const line of stderr.split('\n')) {
    if (!line.startsWith(MARK)) continue
    const [when, key, ...values] = line.slice(MARK.length).trim().split(/ +/)
    if ((when !== 'before' && when !== 'after') || key === undefined || values.length === 0) continue
    if (values.every((value) => /^\d+(\.\d+)?$/.test(value))) counters[when].set(key, values.map(Number))
  }
  return counters
}

/**
 * What was refused between the two readings of the counters, in cgroup's words (kernel Documentation/admin-guide/cgroup-v2.rst:
 * throttled_usec; scheduler/sched-bwc.rst: throttled_time in nanoseconds).
 * @returns undefined where cgroup counts nothing, as without a limit in version 1
 */
export function throttlingOf(stderr: string): Throttling | undefined {
  const { before: first, after: last } = markedCounters(stderr)
  const difference = (key: string) => {
    const [before, after] = [first.get(key)?.[0], last.get(key)?.[0]]
    return before === undefined || after === undefined ? undefined : Math.max(0, after - before)
  }
  const periods = difference('nr_throttled')
  const microseconds = difference('throttled_usec')
  const nanoseconds = difference('throttled_time')
  const seconds = microseconds === undefined ? scaled(nanoseconds, 1e9) : scaled(microseconds, 1e6)
  return periods === undefined || seconds === undefined ? undefined : { periods, seconds }
}

function scaled(value: number | undefined, divisor: number): number | undefined {
  return value === undefined ? undefined : value / divisor
}
