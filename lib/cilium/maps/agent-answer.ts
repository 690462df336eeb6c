import type { AgentIdentity } from '../../record/cilium-figures.ts'
import type { AgentMetric } from './formats/agent-metrics.ts'

/** What one agent said, unparsed. */
export interface AgentAnswer {
  /**
   * exec: by commands in its container; metrics: by its Prometheus port, through whatever way; prometheus: by a Prometheus
   * that has asked it.
   */
  readonly source: 'exec' | 'metrics' | 'prometheus'
  /** When the metrics were read, milliseconds since 1970. */
  readonly readAtMs: number
  /** `metrics list -o json`, or its table where a version has no JSON; the text exposition where the source is metrics; figures where it is prometheus. */
  readonly metrics: string | readonly AgentMetric[]
  /** `version`. */
  readonly version?: string
  /** `status -o json`. */
  readonly status?: string
  /** `/proc/meminfo`, or its first lines. */
  readonly memory?: string
  readonly deep?: DeepAnswer
}

/** What `bpftool` says of the pinned maps. */
export interface DeepAnswer {
  readonly maps: readonly DeepMapAnswer[]
}

export interface DeepMapAnswer {
  /** The file's name below /sys/fs/bpf/tc/globals: `cilium_ct4_global`. */
  readonly pin: string
  /** `bpftool -j map show pinned PATH`. */
  readonly show: string
  /** Entries, where they were counted by a dump. */
  readonly entries?: number
}

/** What the API says of the agent's node; what it does not say is left out. */
export interface NodeFacts {
  readonly name: string
  /** `status.capacity.memory`. */
  readonly memoryBytes?: number
  /** `status.nodeInfo.kernelVersion`: `6.1.0-18-amd64`. */
  readonly kernel?: string
  readonly cpus?: number
}

/** All that is needed to tell of one agent. */
export interface AgentInput {
  readonly agent: AgentIdentity
  readonly node: NodeFacts
  /** The ConfigMap cilium-config with what overrides it on this node; undefined where it cannot be read. */
  readonly config: Readonly<Record<string, string>> | undefined
  readonly answer: AgentAnswer
}
