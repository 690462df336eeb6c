import type { KubeClient } from '../kube/client.ts'
import type { ExecTarget } from '../kube/streams/exec.ts'
import { cpuLoadOf } from './facts/cpu-load.ts'
import type { CpuLoad, Throttling } from './facts/path-facts.ts'
import { readMarks, throttlingOf } from './traffic/client-marks.ts'
import { COUNTERS_SCRIPT } from './traffic/shell-scripts.ts'

/** A pod is asked in less; one that does not answer has nothing to say. */
const ANSWER_MS = 2000
/** As long as a run at most. */
const LIFE_MS = 86_400_000

/** Reads the CPU counters of a server's container around each measurement, over one exec that stays open. */
export interface ServerCounters {
  /** Resolves when the counters are read, or cannot be. */
  mark(word: 'before' | 'after'): Promise<void>
  /** What has happened between the two; nothing where one of them is not known. */
  difference(): ServerDifference
}

export interface ServerDifference {
  readonly throttling?: Throttling
  readonly cpu?: CpuLoad
}

/** Opens the exec; it lasts until the signal aborts. A container that cannot be read does not fail a measurement. */
export function openServerCounters(
  client: Pick<KubeClient, 'exec'>,
  target: ExecTarget,
  signal: AbortSignal,
): ServerCounters {
  let text = ''
  let answered = () => {}
  const marks = readMarks((word) => {
    if (word.startsWith('done ')) answered()
  })
  const decoder = new TextDecoder()
  let isOpen = true
  const running = client.exec(target, ['sh', '-c', COUNTERS_SCRIPT], {
    stdin: true,
    signal,
    timeoutMs: LIFE_MS,
    onStderr(chunk, atMs) {
      text += decoder.decode(chunk, { stream: true })
      marks.add(chunk, atMs)
    },
  })
  const closed = running.done.then(
    () => {
      isOpen = false
    },
    () => {
      isOpen = false
    },
  )
  return {
    async mark(word) {
      if (word === 'before') text = ''
      if (!isOpen) return
      const answer = Promise.withResolvers<void>()
      answered = answer.resolve
      const late = setTimeout(answer.resolve, ANSWER_MS)
      running.write(`${word}\n`)
      await Promise.race([answer.promise, closed])
      clearTimeout(late)
    },
    difference() {
      const [throttling, cpu] = [throttlingOf(text), cpuLoadOf(text)]
      return { ...(throttling && { throttling }), ...(cpu && { cpu }) }
    },
  }
}
