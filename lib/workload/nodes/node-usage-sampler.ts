import { PerfError } from '../../errors/perf-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { pause } from '../../kube/pause.ts'
import type { Finding, Metric } from '../../record/run-record.ts'
import { highestUsage, type NodeUsage, usageMetrics } from './node-usage.ts'
import { missingUsageFindings, noUsageFinding, tooShortFindings } from './node-usage-findings.ts'
import { type NodeUsageReading, openNodeUsage } from './node-usage-source.ts'

const INTERVAL_MS = 5000
const READ_TIMEOUT_MS = 30_000
/** Of the time that CPU was averaged over. */
const LEAST_SHARE = 0.5

export interface NodeUsageSampler {
  /**
   * Reads once more, and gives each node's usage before, at its peak and after. To be called while the load still stands:
   * what is measured later is not the load's. What cannot be had is a finding, also when the signal ends it; without one
   * it takes half a minute at most.
   */
  read(signal?: AbortSignal): Promise<{ metrics: Metric[]; findings: Finding[] }>
  /** Ends the sampling; to be called in any case. */
  stop(): Promise<void>
}

export interface NodeUsageOptions {
  /** From the end of one reading to the next; 5 s unless given. */
  intervalMs?: number
}

/**
 * Reads what the nodes use now, and goes on until it is read or stopped. A reading that fails is left out: the peak is
 * that of the others.
 *
 * Both sources measure on their own, every 10 s or more. A node's memory counts for the load from the first measurement
 * that is made after this began. What they tell of CPU is the average since the measurement before: it counts where at
 * least half of that time is the load's, which only the first measurement under load may fail.
 * @param signal ends the first reading and the sampling
 * @throws the signal's reason; usage that cannot be read is a finding later
 */
export async function sampleNodeUsage(
  client: KubeClient,
  signal: AbortSignal,
  { intervalMs = INTERVAL_MS }: NodeUsageOptions = {},
): Promise<NodeUsageSampler> {
  const opened = await orFault(openNodeUsage(client, signal), signal)
  signal.throwIfAborted()
  if (opened instanceof PerfError) {
    return { read: async () => ({ metrics: [], findings: [noUsageFinding(opened)] }), stop: async () => {} }
  }
  const { first, read } = opened
  const beganMs = performance.now()
  const ofLoad = new Map(first.usages.map((usage) => [usage.node, followNode(usage, beganMs)]))
  const stop = new AbortController()
  const live = AbortSignal.any([signal, stop.signal])
  const polling = poll()
  // A bug is for whoever reads or stops to see.
  polling.catch(() => {})

  async function poll(): Promise<void> {
    while (!live.aborted) {
      await pause(intervalMs, live).catch(() => {})
      if (!live.aborted) await next(live)
    }
  }
  async function next(signal: AbortSignal): Promise<NodeUsageReading | PerfError> {
    const reading = await orFault(read(signal), signal)
    if (reading instanceof PerfError) return reading
    for (const usage of reading.usages) {
      const node = ofLoad.get(usage.node)
      if (node === undefined) ofLoad.set(usage.node, followNode(usage, beganMs))
      else node.see(usage)
    }
    return reading
  }
  async function stopPolling(): Promise<void> {
    stop.abort()
    await polling
  }
  return {
    async read(signal = AbortSignal.timeout(READ_TIMEOUT_MS)) {
      await stopPolling()
      const last = await next(signal)
      const peak = [...ofLoad.values()].flatMap((node) => node.peak() ?? [])
      // A node that has fallen silent is not shown as it was some time ago.
      const after = last instanceof PerfError ? [] : last.usages.flatMap(({ node }) => ofLoad.get(node)?.latest() ?? [])
      return {
        metrics: usageMetrics(first.source, { before: first.usages, peak, after }),
        findings:
          last instanceof PerfError
            ? [noUsageFinding(last, ' after the load')]
            : [...missingUsageFindings(last.missing), ...tooShortFindings(last, after)],
      }
    },
    stop: stopPolling,
  }
}

interface FollowedNode {
  /** Takes in what the node is said to use; the same measurement as before changes nothing. */
  see(usage: NodeUsage): void
  /** The highest of each figure that was measured since; undefined while there is none. */
  peak(): NodeUsage | undefined
  /** The last measurement, without what it tells of the time before. */
  latest(): NodeUsage | undefined
}

/**
 * @param known the last measurement from before the load, or the first that is known of
 * @param beganMs when the load began
 */
function followNode(known: NodeUsage, beganMs: number): FollowedNode {
  let last = known
  let latest: NodeUsage | undefined
  let peak: NodeUsage | undefined
  return {
    see(usage) {
      // What does not say when it was measured cannot be told from what was seen already.
      if (usage.measuredAt === undefined || usage.measuredAt === last.measuredAt) return
      const { cpuCores: _, ...withoutCpu } = usage
      const isOfLoad = latest !== undefined || shareSince(beganMs, last, usage) >= LEAST_SHARE
      latest = isOfLoad ? usage : withoutCpu
      peak = highestUsage(peak ?? latest, latest)
      last = usage
    },
    peak: () => peak,
    latest: () => latest,
  }
}

/** How much of the time between two measurements of a node came after a moment, 0 to 1; 0 where their times are not known. */
function shareSince(momentMs: number, { measuredMs: fromMs }: NodeUsage, { measuredMs: toMs }: NodeUsage): number {
  if (fromMs === undefined || toMs === undefined || toMs <= fromMs) return 0
  return Math.max(0, toMs - Math.max(fromMs, momentMs)) / (toMs - fromMs)
}

/** Gives what the cluster refuses, or that the time is up, as a value; what is a bug still throws. */
async function orFault<T>(work: Promise<T>, signal: AbortSignal): Promise<T | PerfError> {
  try {
    return await work
  } catch (error) {
    if (error === signal.reason) return new PerfError('no answer before the run was over', { cause: error })
    if (error instanceof PerfError) return error
    throw error
  }
}
