import { PerfError } from '../../errors/perf-error.ts'
import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { findMissingPermissions, type Permission, requirePermissions } from '../../kube/preflight.ts'
import type { Finding } from '../../record/run-record.ts'
import type { Agent } from './agent.ts'
import { type AgentConfig, readAgentConfig } from './agent-config.ts'
import { type AgentNode, type NodeQuery, readAgentNodes } from './agent-nodes.ts'
import { type AgentQuery, findAgents, type WhyNoTool } from './find-agents.ts'

/** So many names are spelled out; the rest is counted. */
const MOST_NAMES = 5

/** What there is of Cilium on the nodes that are asked about. */
export interface Installation {
  readonly agents: readonly Agent[]
  /** By name; undefined where they may not be listed. */
  readonly nodes: ReadonlyMap<string, AgentNode> | undefined
  /** Of each namespace with agents. */
  readonly configs: ReadonlyMap<string, AgentConfig>
  /** Where agents were looked for in vain. */
  readonly looked: readonly string[]
  /** What is odd about it. */
  readonly findings: readonly Finding[]
}

export interface FindOptions {
  readonly signal: AbortSignal
  /** Asks a container why it is no agent's; without it names decide. */
  readonly whyNoTool?: WhyNoTool
  /** What asking the agents will need, named along with the rest to who may not even look for them. */
  readonly neededLater?: readonly Permission[]
  /** What helps who has not the rights. */
  readonly advice?: readonly string[]
}

/**
 * Finds the agents, how they are configured, and their nodes.
 * @throws PermissionError (may not list pods), PerfError (a node or a container that is not there), ApiError,
 *   ConnectionError, or the signal's reason
 */
export async function findInstallation(
  client: KubeClient,
  query: AgentQuery & NodeQuery,
  { signal, whyNoTool, neededLater = [], advice = [] }: FindOptions,
): Promise<Installation> {
  const nodes = await readAgentNodes(client, query, signal)
  const found = await findAgents(client, query, signal, whyNoTool).catch(async (error: unknown) => {
    if (!isApiError(error) || error.code !== 403) throw error
    const place = query.namespace === undefined ? {} : { namespace: query.namespace }
    const needed = [{ verb: 'list', resource: 'pods', ...place }]
    // What was refused may be the DaemonSets; the server's own words say so.
    if ((await findMissingPermissions(client, needed, signal)).length === 0) throw error
    await requirePermissions(client, [...needed, ...neededLater], signal, [
      ...(query.namespace === undefined ? ['-n NAMESPACE'] : []),
      ...advice,
    ])
    throw error
  })
  const isAsked =
    nodes === undefined ? (node: string) => query.nodes.length === 0 || query.nodes.includes(node) : isIn(nodes)
  const agents = found.agents.filter(({ node }) => isAsked(node))
  if (agents.length === 0 && found.agents.length > 0) throw noneOfThem(found.agents)
  const namespaces = [...new Set(agents.map(({ namespace }) => namespace))]
  const configs = new Map<string, AgentConfig>()
  for (const namespace of namespaces) configs.set(namespace, await readAgentConfig(client, namespace, signal))
  return {
    agents,
    nodes,
    configs,
    looked: found.looked,
    findings: [
      ...severalInstallations(agents),
      ...(agents.length === 0 ? [] : nodesWithoutAgent(agents, nodes)),
      ...[...configs.values()].flatMap(({ gaps }) => gaps).map(unreadable),
      // Without agents there are no sizes to explain.
      ...(nodes === undefined && agents.length > 0 ? [unreadable('this user may not list nodes')] : []),
    ],
  }
}

function noneOfThem(others: readonly Agent[]): PerfError {
  const where = naming(
    others.map(({ node }) => node),
    'node',
  )
  return new PerfError('no Cilium agent runs on the nodes that were asked for', {
    advice: [`there are agents on ${where}`],
  })
}

function isIn(nodes: ReadonlyMap<string, unknown>): (node: string) => boolean {
  return (node) => nodes.has(node)
}

/** Two agents on a node are two installations by mistake; several DaemonSets may share the nodes on purpose. */
function severalInstallations(agents: readonly Agent[]): Finding[] {
  const owners = [...new Set(agents.map(({ namespace, owner }) => `${owner} in namespace ${namespace}`))]
  if (owners.length < 2) return []
  const counts = Map.groupBy(agents, ({ node }) => node)
  const shared = [...counts].filter(([, own]) => own.length > 1).map(([node]) => node)
  const where = shared.length === 0 ? '' : `, both on ${naming(shared, 'node')}`
  return [
    {
      severity: shared.length === 0 ? 'info' : 'warning',
      code: 'SeveralInstallations',
      message: `several installations of Cilium: ${owners.join(', ')}${where}`,
      advice: 'read one of them with -n NAMESPACE or --agent-selector',
      objects: owners,
    },
  ]
}

function nodesWithoutAgent(agents: readonly Agent[], nodes: ReadonlyMap<string, AgentNode> | undefined): Finding[] {
  const covered = new Set(agents.map(({ node }) => node))
  const bare = [...(nodes?.keys() ?? [])].filter((node) => !covered.has(node))
  if (bare.length === 0) return []
  const message = `no agent runs on ${naming(bare, 'node')}`
  return [{ severity: 'info', code: 'NodesWithoutAgent', message, objects: bare, count: bare.length }]
}

function unreadable(gap: string): Finding {
  return {
    severity: 'warning',
    code: 'ConfigurationUnreadable',
    message: `${gap}: how the agents are configured is not known in full`,
  }
}

/** `node a`, `nodes a, b`, `nodes a, b, c, d, e and 12 more`. */
function naming(names: readonly string[], noun: string): string {
  const shown = names.slice(0, MOST_NAMES)
  const more = names.length - shown.length
  return `${noun}${names.length === 1 ? '' : 's'} ${shown.join(', ')}${more === 0 ? '' : ` and ${more} more`}`
}
