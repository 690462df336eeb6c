import type { Metric } from '../../record/run-record.ts'
import { sampledMetric } from '../../stats/metric.ts'
import type { TrackedPod } from '../../workload/pods/tracked-pod.ts'

const WINDOW_MS = 1000

/**
 * Pods bound to a node in each second: a sample for every second from the first binding on to the one with the last
 * binding, idle ones included. ClusterLoader2's SchedulingThroughput (scheduling_throughput.go) also counts pods with a
 * node once an interval, which its load and scheduler tests set to 1 s; but it goes on before the first binding and
 * after the last, and a pod that is deleted takes one away.
 */
export function schedulingThroughput(pods: readonly TrackedPod[]): Metric[] {
  const boundMs = pods.flatMap(({ passedMs }) => passedMs.scheduled ?? [])
  if (boundMs.length === 0) return []
  const firstMs = boundMs.reduce((first, next) => Math.min(first, next))
  const windows: number[] = []
  for (const atMs of boundMs) {
    const index = Math.floor((atMs - firstMs) / WINDOW_MS)
    windows[index] = (windows[index] ?? 0) + 1
  }
  const perSecond = Array.from(windows, (count) => ((count ?? 0) * 1000) / WINDOW_MS)
  return [sampledMetric('scheduling_throughput', perSecond, { source: 'watch' })]
}
