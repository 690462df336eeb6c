import type { KubeClient } from '../../kube/client.ts'
import type { BigTcpDevice, BigTcpNode } from '../../record/details/bigtcp-details.ts'
import type { Agent } from '../agents/agent.ts'
import type { Settings } from '../agents/agent-config.ts'
import { type AskOptions, askAgent } from '../agents/ask-agent.ts'
import type { ScriptPart } from '../agents/script.ts'
import { PREAMBLE } from '../agents/script.ts'
import { parseCiliumVersion } from '../cilium-version.ts'
import { type AgentStatus, readAgentStatus } from './agent-status.ts'
import { type BigTcpFacts, devicesOf } from './blockers.ts'
import { type Link, readLinks } from './links.ts'
import { familiesOf, judgeFamily } from './verdict.ts'

/**
 * Agents are on the host network: they see the node's devices and its ends of the pods' interfaces. `told` lets a command that
 * fails say why in its part.
 */
export const BIG_TCP_SCRIPT = `${PREAMBLE}drivers() {
  for folder in /sys/class/net/*; do
    driver=$(readlink "$folder/device/driver") && echo "\${folder##*/} \${driver##*/}"
  done
  true
}
told() { { why=$("$@" 2>&1 >&3); } 3>&1; r=$?; test $r = 0 || echo "$why"; return $r; }
part version $t $c version
part drivers drivers
part links told $t ip -d -j link
part status told $t $c status -o json
`

/** What the API says of an agent's node. */
export interface NodeFacts {
  readonly kernel?: string
  /** Undefined: not readable. */
  readonly settings?: Settings
}

/**
 * Asks one agent and judges its node.
 * @returns a node of which nothing is known where the agent cannot be asked, with the reason
 * @throws the signal's reason
 */
export async function readBigTcpNode(
  client: Pick<KubeClient, 'exec'>,
  agent: Agent,
  node: NodeFacts,
  options: AskOptions,
): Promise<BigTcpNode> {
  if (agent.problem !== undefined)
    return judgeNode(agent, node, new Map(), [`the agent does not run: ${agent.problem}`])
  try {
    const { parts } = await askAgent(client, agent, BIG_TCP_SCRIPT, options)
    return judgeNode(agent, node, parts, [])
  } catch (error) {
    options.signal.throwIfAborted()
    return judgeNode(agent, node, new Map(), [error instanceof Error ? error.message : String(error)])
  }
}

/** What the parts of the script's answer come to. */
export function judgeNode(
  agent: Pick<Agent, 'node' | 'namespace' | 'pod'>,
  { kernel, settings }: NodeFacts,
  parts: ReadonlyMap<string, ScriptPart>,
  problems: readonly string[],
): BigTcpNode {
  const faults = [...problems]
  const read = <T>(name: string, what: string, parse: (text: string) => T | undefined): T | undefined => {
    const part = parts.get(name)
    if (part === undefined) return undefined
    const value = part.exitCode === 0 ? parse(part.text) : undefined
    if (value === undefined) faults.push(`${what}: ${firstLine(part.text) ?? `exit code ${part.exitCode}`}`)
    return value
  }
  const status = read<AgentStatus>('status', 'the status of the agent cannot be read', readAgentStatus)
  const links = read<Link[]>('links', 'ip does not tell the interfaces', readLinks)
  const version = /(?:Daemon|Client): *v?(\d+\.\d+\.\d+\S*)/.exec(parts.get('version')?.text ?? '')?.[1]
  const minor = version === undefined ? undefined : parseCiliumVersion(version)?.minor
  const facts: BigTcpFacts = {
    drivers: readDrivers(parts.get('drivers')?.text ?? ''),
    ...(kernel === undefined ? {} : { kernel }),
    ...(minor === undefined ? {} : { minor }),
    ...(settings === undefined ? {} : { config: settings }),
    ...(status === undefined ? {} : { status }),
    ...(links === undefined ? {} : { links }),
  }
  return {
    node: agent.node,
    pod: `${agent.namespace}/${agent.pod}`,
    ...(version === undefined ? {} : { version }),
    ...(kernel === undefined ? {} : { kernel }),
    devices: devicesOf(facts).map((link) => describeDevice(link, facts.drivers)),
    families: familiesOf(facts).map((family) => judgeFamily(facts, family)),
    faults,
  }
}

function describeDevice(
  { name, kind, tsoMaxBytes, ipv4, ipv6 }: Link,
  drivers: ReadonlyMap<string, string>,
): BigTcpDevice {
  const driver = drivers.get(name) ?? kind
  return {
    name,
    ...(driver === undefined ? {} : { driver }),
    ...(tsoMaxBytes === undefined ? {} : { tsoMaxBytes }),
    ipv4,
    ipv6,
  }
}

/** Lines of a device and its driver. */
function readDrivers(text: string): Map<string, string> {
  return new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const [name = '', driver = ''] = line.trim().split(' ')
      return driver === '' ? [] : [[name, driver]]
    }),
  )
}

function firstLine(text: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '')
}
