import { whyNoTool } from '../../lib/cilium/agents/ask-agent.ts'
import { findInstallation, type Installation } from '../../lib/cilium/agents/installation.ts'
import { type Permission, permit } from '../../lib/kube/preflight.ts'
import type { MeasureSession } from '../measure.ts'
import type { AgentOptions } from './agent-options.ts'

/** The role that reading agents needs. */
export const AGENT_ROLE = 'apply docs/rbac/cilium-maps.yaml'

/**
 * The agents that the options mean.
 * @param mayExec whether a command may be run in pods to see if they are agents
 */
export async function findAgents(
  { namespace, agentSelector, agentContainer, node, selector, timeout }: AgentOptions,
  { client, signal }: Pick<MeasureSession, 'client' | 'signal'>,
  mayExec: boolean,
): Promise<Installation> {
  return findInstallation(
    client,
    { namespace, agentSelector, agentContainer, nodes: node, nodeSelector: selector },
    {
      signal,
      advice: [AGENT_ROLE],
      ...(mayExec
        ? {
            whyNoTool: (agent) => whyNoTool(client, agent, { signal, timeoutMs: timeout }),
            neededLater: execPermissionsIn(namespace),
          }
        : {}),
    },
  )
}

/** What running a command in each of the agents needs. */
export function execPermissions(agents: Installation['agents']): Permission[] {
  const namespaces = new Set(agents.map(({ namespace }) => namespace))
  return [...namespaces].flatMap(execPermissionsIn)
}

/** Undefined: in all namespaces. */
function execPermissionsIn(namespace: string | undefined): Permission[] {
  const where = namespace === undefined ? {} : { namespace }
  return permit(['create', 'get'], { resource: 'pods', subresource: 'exec', ...where })
}
