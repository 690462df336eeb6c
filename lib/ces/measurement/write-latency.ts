import type { KubeClient } from '../../kube/client.ts'

/** How many of the last writes count. */
const WINDOW = 20
const TYPICAL_MS = 5
const WRITES = new Set(['create', 'update', 'patch', 'delete'])

export interface WriteLatency extends Disposable {
  /** What a write takes now, in ms: the median of the client's last ones, or what is usual where there are none. */
  current(): number
}

/** Follows how long the client's own writes take: somebody else's take as long. */
export function followWriteLatency(client: Pick<KubeClient, 'observe'>): WriteLatency {
  const last: number[] = []
  const stop = client.observe(({ verb, code, durationMs }) => {
    if (!WRITES.has(verb) || code === 0) return
    last.push(durationMs)
    if (last.length > WINDOW) last.shift()
  })
  return {
    current() {
      const sorted = last.toSorted((a, b) => a - b)
      return sorted[Math.floor(sorted.length / 2)] ?? TYPICAL_MS
    },
    [Symbol.dispose]: stop,
  }
}
