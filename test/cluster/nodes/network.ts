import { writeFile } from 'node:fs/promises'
import { PerfError } from '../../../lib/errors/perf-error.ts'
import { clusterAddresses } from '../addresses.ts'
import { systemPath } from '../executables.ts'
import { runCommand } from '../run-command.ts'
import type { RealNode } from './real-node.ts'

/**
 * The nodes' interfaces hang on a bridge in a network namespace of its own (the switch), so that this machine's namespace gets
 * one interface and no bridge. The namespaces have no names: they are found by a process in them, and end with the last one.
 */
export interface NodeNetwork {
  readonly slot: number
  readonly mtuBytes: number
  readonly dualStack: boolean
  /** Whether Cilium routes between the pods of different nodes. */
  readonly cilium: boolean
  /** A process in the switch's namespace. */
  readonly switchPid: number
  readonly nodes: readonly (RealNode & { readonly pid: number })[]
}

/** Links this machine with the switch: once for each cluster. */
export async function createSwitch({ slot, switchPid, mtuBytes, dualStack }: NodeNetwork): Promise<void> {
  const { hostLink, hostAddress, ipv6 } = clusterAddresses(slot)
  await ipBatch([
    `link add ${hostLink} mtu ${mtuBytes} type veth peer name host mtu ${mtuBytes} netns ${switchPid}`,
    `address add ${hostAddress}/24 dev ${hostLink}`,
    `link set ${hostLink} up`,
  ])
  if (dualStack) {
    // This machine may have switched it off for interfaces to come, as containers do; new namespaces do not inherit that.
    await writeFile(`/proc/sys/net/ipv6/conf/${hostLink}/disable_ipv6`, '0')
    await ipBatch([`address add ${ipv6.hostAddress}/64 dev ${hostLink} nodad`])
  }
  await ipBatch(
    ['link set lo up', 'link add br0 type bridge', 'link set br0 up', 'link set host master br0 up'],
    switchPid,
  )
  await passFrames(switchPid)
}

/** The frames of the nodes are not this bridge's to filter; the settings are the network namespace's own. */
async function passFrames(switchPid: number): Promise<void> {
  for (const tables of ['iptables', 'ip6tables']) {
    const setting = `/proc/sys/net/bridge/bridge-nf-call-${tables}`
    await runInNamespace(switchPid, ['sh', '-c', `[ ! -e ${setting} ] || echo 0 >${setting}`])
  }
}

/** Links nodes with the switch. */
export async function linkNodes(network: NodeNetwork, newNodes: NodeNetwork['nodes']): Promise<void> {
  for (const node of newNodes) {
    const mtu = `mtu ${network.mtuBytes}`
    const peer = `peer name ${node.name} ${mtu} netns ${network.switchPid}`
    await ipBatch([`link add eth0 ${mtu} netns ${node.pid} type veth ${peer}`])
    await ipBatch([`link set ${node.name} master br0 up`], network.switchPid)
    const addresses = [`address add ${node.address}/24 dev eth0`]
    if (node.ipv6 !== undefined) addresses.push(`address add ${node.ipv6.address}/64 dev eth0 nodad`)
    await ipBatch(['link set lo up', ...addresses, 'link set eth0 up'], node.pid)
  }
}

/** Sets the routes to the pods of every node, on this machine and on all nodes. */
export async function routePods(network: NodeNetwork): Promise<void> {
  const { hostAddress, ipv6 } = clusterAddresses(network.slot)
  const toPods = (node: RealNode) =>
    [node, ...(node.ipv6 === undefined ? [] : [node.ipv6])].map(
      ({ podCidr, address }) => `route replace ${podCidr} via ${address}`,
    )
  await ipBatch(network.nodes.flatMap(toPods))
  const gateways = [hostAddress, ...(network.dualStack ? [ipv6.hostAddress] : [])]
  for (const node of network.nodes) {
    const others = network.nodes.filter((other) => other.name !== node.name)
    // Service addresses need a route before they are rewritten; this machine forwards nothing further.
    const defaults = gateways.map((address) => `route replace default via ${address}`)
    await ipBatch([...defaults, ...(network.cilium ? [] : others.flatMap(toPods))], node.pid)
  }
}

/** Keeps what is meant for the cluster's addresses from leaving the machine by its default route. */
export async function blockAddresses({ slot, dualStack }: NodeNetwork): Promise<void> {
  const ranges = blockedRanges(slot).filter((range) => dualStack || !range.includes(':'))
  await ipBatch(ranges.map((range) => `route replace unreachable ${range}`))
}

/** Undoes what `createSwitch` and `blockAddresses` did to this machine; nothing happens when they did nothing. */
export async function removeNetwork(slot: number): Promise<void> {
  const { hostLink } = clusterAddresses(slot)
  const families = ['-4', '-6'].map((family) => runIp([family, 'route', 'show', 'type', 'unreachable']))
  const routes = (await Promise.all(families)).join('\n')
  const blocked = blockedRanges(slot).filter((range) => routes.includes(`unreachable ${range} `))
  await ipBatch(blocked.map((range) => `route delete unreachable ${range}`))
  // With --oneline, the name is followed by the peer's: `7: kperf0@if2: <…`.
  const links = await runIp(['--oneline', 'link', 'show', 'type', 'veth'])
  if (links.includes(` ${hostLink}@`)) await ipBatch([`link delete ${hostLink}`])
}

function blockedRanges(slot: number): string[] {
  const { serviceCidr, fakePodCidr, nodeCidr, ipv6 } = clusterAddresses(slot)
  return [serviceCidr, fakePodCidr, nodeCidr, ipv6.cidr]
}

/** Runs a program in the network namespace of a process, and gives its output; throws when it fails. */
export function runInNamespace(pid: number, command: readonly string[], stdin = ''): Promise<string> {
  return run(['nsenter', `--net=/proc/${pid}/ns/net`, ...command], stdin)
}

async function ipBatch(commands: readonly string[], networkNamespaceOf?: number): Promise<void> {
  if (commands.length === 0) return
  const ip = ['ip', '-batch', '-']
  const stdin = `${commands.join('\n')}\n`
  if (networkNamespaceOf === undefined) await run(ip, stdin)
  else await runInNamespace(networkNamespaceOf, ip, stdin)
}

function runIp(args: readonly string[]): Promise<string> {
  return run(['ip', ...args])
}

async function run([command = '', ...args]: readonly string[], stdin = ''): Promise<string> {
  const env = { ...process.env, PATH: systemPath() }
  const result = await runCommand(command, args, { env, stdin, timeoutMs: 10_000 })
  if (result.exitCode === 0) return result.stdout
  throw new PerfError(
    `${command} ${args.join(' ')} exited with ${result.exitCode}: ${result.stderr.trimEnd()}\n${stdin}`,
  )
}
