import type { IpFamily } from '../catalogue/known-maps.ts'
import type { PinnedMap } from '../formats/parse-pinned-map.ts'
import type { AgentStatus } from '../formats/parse-status.ts'
import type { SizeId } from '../sizing/size-rules.ts'
import type { WantedSize } from '../sizing/wanted-sizes.ts'
import type { MetricIndex } from './metric-index.ts'

/** All that is known of one agent, from which its maps are told. */
export interface AgentFacts {
  /** 18 for Cilium 1.18; undefined where the version is not known. */
  readonly minor: number | undefined
  readonly metrics: MetricIndex
  /** What a histogram's single number in `metrics list` is. */
  readonly histogramValue: 'sum' | 'p90' | 'unknown'
  readonly status: AgentStatus | undefined
  readonly config: Readonly<Record<string, string>> | undefined
  /** Empty where the configuration is not known. */
  readonly wanted: ReadonlyMap<SizeId, WantedSize>
  /** Since the agent's process started, where that is known. */
  readonly ageSeconds: number | undefined
  readonly pinned: readonly PinnedMap[]
  readonly families: readonly IpFamily[]
}
