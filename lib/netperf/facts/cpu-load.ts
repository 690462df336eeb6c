import { type MarkedCounters, markedCounters } from '../traffic/client-marks.ts'
import type { CpuLoad } from './path-facts.ts'

/** In the line `Udp:` of /proc/net/snmp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors … (net/ipv4/proc.c). */
const RCVBUF_ERRORS = 4

/**
 * What a pod and its node did between the two readings of the counters: usage_usec of cgroup's cpu.stat and the total of
 * cpu.pressure (kernel Documentation/admin-guide/cgroup-v2.rst, accounting/psi.rst), the times of each core in /proc/stat
 * (filesystems/proc.rst: user nice system idle iowait irq softirq steal, then guest times that are part of the first two).
 * @returns undefined where the time between the readings is not known
 */
export function cpuLoadOf(stderr: string): CpuLoad | undefined {
  const counters = markedCounters(stderr)
  const seconds = difference(counters, 'uptime')
  if (seconds === undefined || seconds === 0) return undefined
  const used = difference(counters, 'usage_usec')
  const waited = difference(counters, 'waited_usec')
  const nodeBusy = busyShare(counters, 'cpu')
  const drops = difference(counters, 'udp', RCVBUF_ERRORS)
  const cores = [...counters.after.keys()].flatMap((key) =>
    /^cpu\d+$/.test(key) ? (busyShare(counters, key) ?? []) : [],
  )
  return {
    seconds,
    ...(used === undefined ? {} : { podSeconds: used / 1e6 }),
    ...(waited === undefined ? {} : { podWaitSeconds: waited / 1e6 }),
    ...(nodeBusy === undefined ? {} : { nodeBusy }),
    ...(drops === undefined ? {} : { socketDrops: drops + (difference(counters, 'udp6_drops') ?? 0) }),
    ...(cores.length === 0 ? {} : { busiestCore: Math.max(...cores) }),
  }
}

function difference({ before, after }: MarkedCounters, key: string, index = 0): number | undefined {
  const [first, last] = [before.get(key)?.[index], after.get(key)?.[index]]
  return first === undefined || last === undefined ? undefined : Math.max(0, last - first)
}

/** Neither idle nor waiting for disks, of all the time that the core had. */
function busyShare({ before, after }: MarkedCounters, key: string): number | undefined {
  const [first, last] = [before.get(key), after.get(key)]
  if (first === undefined || last === undefined) return undefined
  const times = last.slice(0, 8).map((time, index) => Math.max(0, time - (first[index] ?? 0)))
  const all = times.reduce((sum, time) => sum + time, 0)
  return all === 0 ? undefined : 1 - ((times[3] ?? 0) + (times[4] ?? 0)) / all
}
