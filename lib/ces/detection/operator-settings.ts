import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'

/** What is known of the operator that writes slices. */
export interface OperatorFacts {
  /** Configuration and flags by name; undefined where neither could be read. */
  flags: Readonly<Record<string, string>> | undefined
  deployment?: OperatorDeployment
  /** What could not be read. */
  gaps: readonly string[]
}

export interface OperatorDeployment {
  namespace: string
  name: string
  /** Of its image, as `1.18.2`; absent where the tag names none. */
  version?: string
  replicas: number
  ready: number
}

interface DeploymentObject {
  metadata: { name: string; namespace: string }
  spec: {
    replicas?: number
    template: {
      spec: { containers: readonly { image: string; command?: readonly string[]; args?: readonly string[] }[] }
    }
  }
  status?: { readyReplicas?: number }
}

const CONFIG_MAP = 'cilium-config'
/** As it stands among the gaps. */
export const OPERATOR_DEPLOYMENT = 'Deployment cilium-operator'
/** Where charts and distributions put it; looked at one by one where objects of all namespaces may not be listed. */
const HOMES = ['kube-system', 'cilium'] as const
const OPERATOR_LABEL = 'io.cilium/app=operator'
const VERSION = /:v?(1\.\d+(?:\.\d+)?)[^:/]*$/

/**
 * Reads ConfigMap cilium-config and the Deployment cilium-operator, wherever they are. Flags win over the configuration, as
 * they do for the operator.
 * @throws ApiError other than Forbidden and NotFound, ConnectionError, or the signal's reason
 */
export async function readOperatorFacts(client: Pick<KubeClient, 'list'>, signal: AbortSignal): Promise<OperatorFacts> {
  const [config, deployment] = await Promise.all([
    findOne<{ data?: Record<string, string> }>(client, signal, {
      base: '/api/v1',
      resource: 'configmaps',
      select: { fieldSelector: `metadata.name=${CONFIG_MAP}` },
    }),
    findOne<DeploymentObject>(client, signal, {
      base: '/apis/apps/v1',
      resource: 'deployments',
      select: { labelSelector: OPERATOR_LABEL },
    }),
  ])
  const container = typeof deployment === 'object' ? deployment.spec.template.spec.containers[0] : undefined
  const known = [
    ...(typeof config === 'object' ? [config.data ?? {}] : []),
    ...(container === undefined ? [] : [flagsOf([...(container.command ?? []), ...(container.args ?? [])])]),
  ]
  return {
    flags: known.length === 0 ? undefined : (Object.assign({}, ...known) as Record<string, string>),
    gaps: [
      ...(config === 'forbidden' ? [`ConfigMap ${CONFIG_MAP}`] : []),
      ...(deployment === 'forbidden' ? [OPERATOR_DEPLOYMENT] : []),
    ],
    ...(typeof deployment === 'object' ? { deployment: describeDeployment(deployment) } : {}),
  }
}

/** `--name=value`, `--name value` and `--name` alone, which is true. */
export function flagsOf(words: readonly string[]): Record<string, string> {
  const flags: Record<string, string> = {}
  for (const [index, word] of words.entries()) {
    const [, name, , value] = /^--([^=]+)(=([\s\S]*))?$/.exec(word) ?? []
    if (name === undefined) continue
    const next = words[index + 1]
    flags[name] = value ?? (next === undefined || next.startsWith('-') ? 'true' : next)
  }
  return flags
}

function describeDeployment({ metadata, spec, status }: DeploymentObject): OperatorDeployment {
  const [, version] = VERSION.exec((spec.template.spec.containers[0]?.image ?? '').replace(/@.*$/, '')) ?? []
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    ...(version === undefined ? {} : { version }),
    replicas: spec.replicas ?? 1,
    ready: status?.readyReplicas ?? 0,
  }
}

interface Search {
  base: string
  resource: string
  select: { fieldSelector?: string; labelSelector?: string }
}

async function findOne<T>(
  client: Pick<KubeClient, 'list'>,
  signal: AbortSignal,
  { base, resource, select }: Search,
): Promise<T | 'absent' | 'forbidden'> {
  let isForbidden = false
  for (const home of [undefined, ...HOMES]) {
    const path = home === undefined ? `${base}/${resource}` : `${base}/namespaces/${home}/${resource}`
    try {
      const [found] = (await client.list<T>(path, { ...select, signal })).items
      if (found !== undefined) return found
      if (home === undefined) return 'absent'
    } catch (error) {
      if (!isApiError(error) || error.code !== 403) throw error
      isForbidden = true
    }
  }
  return isForbidden ? 'forbidden' : 'absent'
}
