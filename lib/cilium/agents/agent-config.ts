import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { type LabelSelector, matchesSelector } from './label-selector.ts'

const CONFIG_MAP = 'cilium-config'
/** Newest first; the first one that the cluster serves has all objects. */
const NODE_CONFIG_VERSIONS = ['v2', 'v2alpha1'] as const

/** Keys and values as the agent's flags have them: `bpf-ct-global-tcp-max`. */
export type Settings = Readonly<Record<string, string>>

interface NodeConfig {
  readonly metadata: { readonly name: string }
  readonly spec: { readonly nodeSelector?: LabelSelector | null; readonly defaults?: Settings | null }
}

export interface AgentConfig {
  /**
   * What is written down for the agent of a node with these labels, which may run with older ones until it starts again;
   * undefined where nothing could be read.
   */
  readonly settingsOf: (nodeLabels: Readonly<Record<string, string>>) => Settings | undefined
  /** What could not be read, and why; empty where all could. */
  readonly gaps: readonly string[]
}

/**
 * Reads how the agents of a namespace are configured: ConfigMap cilium-config, over it the CiliumNodeConfigs that select
 * the node, in the order of their names; one without a selector selects none (Cilium's pkg/option/resolver).
 * @throws ApiError other than Forbidden and NotFound, ConnectionError, or the signal's reason
 */
export async function readAgentConfig(
  client: Pick<KubeClient, 'getJson' | 'list'>,
  namespace: string,
  signal: AbortSignal,
): Promise<AgentConfig> {
  const gaps: string[] = []
  const home = encodeURIComponent(namespace)
  const readable = async <T>(what: string, read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read()
    } catch (error) {
      if (!isApiError(error) || (error.code !== 403 && error.code !== 404)) throw error
      if (error.code === 403) gaps.push(`this user may not ${what}`)
      return undefined
    }
  }
  const [configMap, nodeConfigs] = await Promise.all([
    readable(`get configmap ${CONFIG_MAP} in namespace ${namespace}`, () =>
      client.getJson<{ data?: Settings }>(`/api/v1/namespaces/${home}/configmaps/${CONFIG_MAP}`, { signal }),
    ),
    readable(`list ciliumnodeconfigs.cilium.io in namespace ${namespace}`, () => listNodeConfigs(client, home, signal)),
  ])
  const base = configMap?.data ?? {}
  const overrides = (nodeConfigs ?? []).toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  return {
    settingsOf(nodeLabels) {
      const own = overrides.filter(
        ({ spec: { nodeSelector } }) => nodeSelector != null && matchesSelector(nodeSelector, nodeLabels),
      )
      if (configMap === undefined && own.length === 0) return undefined
      return Object.assign({}, base, ...own.map(({ spec }) => spec.defaults ?? {})) as Settings
    },
    gaps,
  }
}

async function listNodeConfigs(
  client: Pick<KubeClient, 'list'>,
  home: string,
  signal: AbortSignal,
): Promise<readonly NodeConfig[]> {
  for (const version of NODE_CONFIG_VERSIONS) {
    try {
      const path = `/apis/cilium.io/${version}/namespaces/${home}/ciliumnodeconfigs`
      return (await client.list<NodeConfig>(path, { signal })).items
    } catch (error) {
      if (!isApiError(error) || error.code !== 404) throw error
    }
  }
  return []
}
