import {
  measureNetworkPolicy,
  networkPolicyExpectedSeconds,
  networkPolicyPermissions,
  networkPolicyPlannedObjects,
} from '../../../lib/acceptance/network-policy/measure-network-policy.ts'
import {
  networkPolicyDefaults,
  type Regenerations,
} from '../../../lib/acceptance/network-policy/network-policy-parameters.ts'
import { findInstallation } from '../../../lib/cilium/agents/installation.ts'
import { readRegenerations } from '../../../lib/cilium/read-regenerations.ts'
import { PerfError } from '../../../lib/errors/perf-error.ts'
import type { KubeClient } from '../../../lib/kube/client.ts'
import { defineOptions, type OptionValues } from '../../option-table.ts'
import { limitOption, probeItem } from './probe-item.ts'

/** For the answer of one agent. */
const AGENT_TIMEOUT_MS = 20_000

const options = defineOptions({
  repeats: {
    kind: 'integer',
    default: networkPolicyDefaults.repeats,
    min: 1,
    max: 1000,
    description: 'How often the policies are made and deleted',
  },
  'first-connections': {
    kind: 'integer',
    default: networkPolicyDefaults.firstConnections,
    min: 0,
    max: 1000,
    description: 'How many pods are made that a policy lets through',
  },
  limit: limitOption(
    networkPolicyDefaults.limitMs,
    'A policy that has no effect within it, while traffic flows, is not enforced',
  ),
})

export const networkPolicyItem = probeItem({
  options,
  own(values) {
    const { repeats, firstConnections, limit } = values as OptionValues<typeof options>
    return { repeats, firstConnections, limitMs: limit }
  },
  async measure(item, parameters, { client, signal }) {
    const read = await regenerationReader(client, signal)
    return measureNetworkPolicy(item, read === undefined ? parameters : { ...parameters, readRegenerations: read })
  },
  permissions: networkPolicyPermissions,
  expectedSeconds: networkPolicyExpectedSeconds,
  plannedObjects: networkPolicyPlannedObjects,
})

type ReadRegenerations = (signal: AbortSignal) => Promise<Regenerations | string>

/** Undefined where the network is not Cilium's. What this user may not read is no reason not to measure. */
async function regenerationReader(client: KubeClient, signal: AbortSignal): Promise<ReadRegenerations | undefined> {
  const installation = await findInstallation(client, { nodes: [] }, { signal }).catch((error: unknown) => {
    if (error instanceof PerfError) return error.message
    throw error
  })
  if (typeof installation === 'string') return async () => installation
  const { agents } = installation
  if (agents.length === 0) return undefined
  return (limit) =>
    readRegenerations(client, agents, { signal: limit, timeoutMs: AGENT_TIMEOUT_MS }).catch((error: unknown) => {
      if (error instanceof PerfError) return error.message
      throw error
    })
}
