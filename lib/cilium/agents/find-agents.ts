import { PerfError } from '../../errors/perf-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { notReadyReason } from '../../workload/pods/not-ready-reason.ts'
import { podOwner } from '../../workload/pods/pod-owner.ts'
import type { PodObject } from '../../workload/pods/pod-status.ts'
import type { Agent } from './agent.ts'
import { type LabelSelector, selectorText } from './label-selector.ts'

/** Cilium's own charts have both; GKE's anetd and most vendors keep the first. */
const AGENT_LABELS = ['k8s-app=cilium', 'app.kubernetes.io/name=cilium-agent'] as const
const AGENT_CONTAINER = 'cilium-agent'
/** Parts of a Cilium installation that are no agents. */
const OTHER_PARTS = /envoy|operator|hubble|relay|node-?init|connectivity|cilium-test/

export interface AgentQuery {
  /** Undefined: all of them. */
  readonly namespace?: string | undefined
  /** The user's word for which pods are agents; what is known of installations is not asked then. */
  readonly agentSelector?: string | undefined
  readonly agentContainer?: string | undefined
}

export interface FoundAgents {
  /** One for each node, by the node's name. */
  readonly agents: readonly Agent[]
  /** Where was looked, and what was found there, for those who expected more. */
  readonly looked: readonly string[]
}

/** Why the agent's container is none, for want of Cilium's command line tool; undefined where it has that. */
export type WhyNoTool = (agent: Agent) => Promise<string | undefined>

interface DaemonSetObject {
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly spec: {
    readonly selector: LabelSelector
    readonly template: { readonly spec: Pick<NonNullable<PodObject['spec']>, 'containers'> }
  }
}

/**
 * Finds the pods of Cilium's agents: by the labels of Cilium's charts, else by what runs in the containers of DaemonSets.
 * @param whyNoTool asks a container; without it names decide
 * @throws ApiError (Forbidden: may not list pods), PerfError for a container that is not there
 */
export async function findAgents(
  client: Pick<KubeClient, 'list'>,
  { namespace, agentSelector, agentContainer }: AgentQuery,
  signal: AbortSignal,
  whyNoTool?: WhyNoTool,
): Promise<FoundAgents> {
  const looked: string[] = []
  const where = namespace === undefined ? 'all namespaces' : `namespace ${namespace}`
  for (const labelSelector of agentSelector === undefined ? AGENT_LABELS : [agentSelector]) {
    const path = namespace === undefined ? '/api/v1/pods' : `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`
    const { items } = await client.list<PodObject>(path, { labelSelector, signal })
    const agents = toAgents(items, agentContainer, agentSelector !== undefined)
    if (agents.length > 0) return { agents, looked }
    const found =
      items.length === 0
        ? 'none'
        : `${items.length}, none on a node with a container named ${agentContainer ?? AGENT_CONTAINER}`
    looked.push(`pods with the label ${labelSelector} in ${where}: ${found}`)
  }
  if (agentSelector !== undefined) return { agents: [], looked }
  return findByContent(client, { namespace, agentContainer }, looked, signal, whyNoTool)
}

async function findByContent(
  client: Pick<KubeClient, 'list'>,
  { namespace, agentContainer }: AgentQuery,
  looked: string[],
  signal: AbortSignal,
  whyNoTool: WhyNoTool | undefined,
): Promise<FoundAgents> {
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  const { items } = await client.list<DaemonSetObject>(`/apis/apps/v1${scope}/daemonsets`, { signal })
  const candidates = items.flatMap((daemonSet) =>
    (daemonSet.spec.template.spec.containers ?? [])
      .filter(({ name, image = '' }) =>
        agentContainer === undefined ? looksLikeAgent(daemonSet.metadata.name, name, image) : name === agentContainer,
      )
      .map(({ name }) => ({ daemonSet, container: name })),
  )
  const agents: Agent[] = []
  for (const { daemonSet, container } of candidates) {
    const { name, namespace: home } = daemonSet.metadata
    const pods = await client.list<PodObject>(`/api/v1/namespaces/${encodeURIComponent(home)}/pods`, {
      labelSelector: selectorText(daemonSet.spec.selector),
      signal,
    })
    const own = toAgents(pods.items, container, false)
    const running = own.find(({ problem }) => problem === undefined)
    const why =
      whyNoTool === undefined && own.length > 0
        ? undefined
        : running === undefined
          ? 'no pod of it runs'
          : await whyNoTool?.(running)
    if (why === undefined) agents.push(...own)
    else looked.push(`DaemonSet ${name} in namespace ${home}, container ${container}: ${why}`)
  }
  if (candidates.length === 0) {
    const place = namespace === undefined ? 'all namespaces' : `namespace ${namespace}`
    const wanted = agentContainer === undefined ? 'named after Cilium' : `named ${agentContainer}`
    looked.push(`DaemonSets with a container or image ${wanted} in ${place}: none of ${items.length}`)
  }
  return { agents, looked }
}

function looksLikeAgent(daemonSet: string, container: string, image: string): boolean {
  const [repository = ''] = image.split(/[@]|:[^/]*$/, 1)
  const isOther = [daemonSet, container, repository.split('/').at(-1) ?? ''].some((text) => OTHER_PARTS.test(text))
  // Terway's datapath V2 runs Cilium's agent in its container "policy".
  const isTerway = /terway/.test(daemonSet) && container === 'policy'
  return !isOther && (isTerway || [daemonSet, container, repository].some((text) => text.includes('cilium')))
}

function toAgents(pods: readonly PodObject[], container: string | undefined, isTold: boolean): readonly Agent[] {
  return onePerNode(pods.flatMap((pod) => toAgent(pod, container, isTold) ?? []))
}

/** @param isTold the user chose these pods, so that they have to be agents */
function toAgent(pod: PodObject, wanted: string | undefined, isTold: boolean): Candidate | undefined {
  const { metadata, spec, status } = pod
  const containers = spec?.containers ?? []
  const name = wanted ?? AGENT_CONTAINER
  const [only] = containers
  const found =
    containers.find((each) => each.name === name) ??
    (isTold && wanted === undefined && containers.length === 1 ? only : undefined)
  if (found === undefined) {
    if (!isTold) return undefined
    throw new PerfError(`pod "${metadata.name}" has no container "${name}"`, {
      advice: [`--agent-container names one of its containers: ${containers.map((each) => each.name).join(', ')}`],
    })
  }
  const problem = problemOf(pod, found.name)
  const node = spec?.nodeName
  if (node === undefined) return undefined
  return {
    agent: {
      namespace: metadata.namespace ?? '',
      pod: metadata.name,
      container: found.name,
      node,
      image: found.image ?? '',
      owner: ownerOf(pod),
      ...(problem === undefined ? {} : { problem }),
    },
    isLeaving: metadata.deletionTimestamp !== undefined || status?.phase === 'Failed' || status?.phase === 'Succeeded',
    createdAt: metadata.creationTimestamp ?? '',
  }
}

/** Pods that nothing has made, or the kubelets by themselves, belong together. */
function ownerOf(pod: PodObject): string {
  const owner = podOwner(pod)
  return owner === undefined || owner.startsWith('nodes/') ? 'pods' : owner
}

/** A container that runs can be asked, ready or not: that is when its maps are of interest. */
function problemOf(pod: PodObject, container: string): string | undefined {
  const status = pod.status?.containerStatuses?.find(({ name }) => name === container)
  if (pod.status?.phase === 'Running' && (status === undefined || status.state?.running !== undefined)) return undefined
  const { reason, message } = notReadyReason(pod)
  return message === '' ? reason : `${reason}: ${message}`
}

interface Candidate {
  readonly agent: Agent
  readonly isLeaving: boolean
  readonly createdAt: string
}

/** Of the pods that take turns on a node, as in a rolling update, the one that stays. */
function onePerNode(candidates: readonly Candidate[]): readonly Agent[] {
  const best = new Map<string, Candidate>()
  for (const candidate of candidates) {
    const { namespace, owner, node } = candidate.agent
    const key = `${namespace}/${owner}/${node}`
    const other = best.get(key)
    if (other === undefined || rank(candidate) > rank(other)) best.set(key, candidate)
  }
  return [...best.values()].map(({ agent }) => agent).sort((a, b) => (a.node < b.node ? -1 : a.node > b.node ? 1 : 0))
}

function rank({ agent, isLeaving, createdAt }: Candidate): string {
  return `${isLeaving ? 0 : 1}${agent.problem === undefined ? 1 : 0}${createdAt}`
}
