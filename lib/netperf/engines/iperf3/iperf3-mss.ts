import type { IpFamily } from '../../test-case.ts'
import type { Iperf3Output } from './iperf3-output.ts'

const timestampOptionBytes = 12

/**
 * The segment size in force, or undefined if iperf3 does not show it. Without --set-mss it prints it. With it, it prints
 * only what was asked for; but the kernel counts the congestion window in whole segments, so the right one of the
 * possible sizes (what was asked for or what the path takes, with timestamps or without) divides every window.
 */
export function segmentBytes({ start, intervals }: Iperf3Output, ipFamily: IpFamily): number | undefined {
  const asked = start.tcp_mss ?? 0
  if (asked === 0) return (start.tcp_mss_default ?? 0) > 0 ? start.tcp_mss_default : undefined
  const samples = intervals.flatMap(({ streams }) => streams)
  const windows = samples.flatMap(({ snd_cwnd: bytes = 0 }) => (bytes > 0 ? [bytes] : []))
  const paths = samples.flatMap(({ pmtu = 0 }) => (pmtu > 0 ? [pmtu] : []))
  if (windows.length === 0 || paths.length === 0) return undefined
  const headerBytes = (ipFamily === 4 ? 20 : 40) + 20
  const largest = Math.min(asked, Math.min(...paths) - headerBytes)
  const fitting = [largest, largest - timestampOptionBytes].filter((size) =>
    windows.every((bytes) => bytes % size === 0),
  )
  return fitting.length === 1 ? fitting[0] : undefined
}
