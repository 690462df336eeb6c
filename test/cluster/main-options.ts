import { parseArgs } from 'node:util'
import { UsageError } from '../../lib/errors/perf-error.ts'
import { maxRealNodes, podAddressesPerNode } from './addresses.ts'
import { type CiliumMapSizes, defaultClusterName } from './cluster-folder.ts'
import { checkLinkShape, type LinkDirection, type LinkShape, parseRate, parseRatio } from './nodes/link-shape.ts'
import { parseTaint } from './nodes/real-node.ts'
import type { PrometheusPlace } from './prometheus/ensure-prometheus.ts'

const usage = `Usage: npm run cluster -- COMMAND [options]

  up           start a cluster, or add to the running one what is missing
  down         remove it: processes, files
  status       say what runs
  kubeconfig   print the path of the administrator's kubeconfig
  shape NODE   make the link between a real node and the others worse
  prepare      obtain everything that the tests need

  --second-api-server   beside the first, both behind one address that hands out connections in turn
  --kwok-nodes N      fake nodes, whose pods become Ready at once (default 0)
  --real-nodes N      nodes with a kubelet and containers, node-a, node-b, … (default 0; needs root)
  --max-pods NODE=N   how many pods a real node takes (default 110; repeatable)
  --zone NODE=ZONE    in which zone a real node is (repeatable)
  --taint NODE=TAINT  with which taint a real node registers: node-b=dedicated=db:NoSchedule (repeatable)
  --dual-stack        IPv6 too, for real nodes, their pods and Services
  --load-balancer     Services of type LoadBalancer get an address
  --load-balancer-delay SECONDS   after so long (default 0)
  --core-dns          pods of real nodes can ask for the names of Services
  --metrics-server    metrics.k8s.io, which kubectl top reads, has figures of the real nodes
  --prometheus PLACE  a Prometheus that scrapes the cluster: process (on this machine) or pod (with --real-nodes)
  --cilium-agents N   real nodes whose network is Cilium's, with an agent on each, and the operator
  --cilium-value KEY=VALUE   of Cilium's chart, as helm --set takes it: routingMode=tunnel (repeatable)
  --cilium-maps SIZE  small (1,024 connections) or dynamic, as the chart has it (default small)
  --cilium-operator   Cilium's operator alone, without nodes: it makes CiliumEndpointSlices
  --ces-write-rate N  how many of them the operator may write in a second (default 10)
  --link-mtu BYTES    of the interfaces of real nodes and their pods (default 1500)
  --pods-per-node N   how many pods a fake node takes (default 110)
  --name NAME         which cluster (default: one that belongs to this checkout)

  The link of a node, as a whole (what is not given is as good as it can be):
  --rate R            speed, both ways: 1G, 100M
  --loss SHARE        of packets to and from other nodes, lost at random: 1%
  --mtu BYTES         larger packets vanish
  --block PROTO/PORT  packets to this port vanish: tcp/5201, udp/5201-5400 (repeatable)
  --direction D       only packets to the node, or only those from it: to, from (default both)
  --clear             none of these
`

export interface Options {
  readonly command: string
  readonly name: string
  readonly kwokNodes: number
  readonly podsPerNode: number
  readonly realNodes: number
  readonly maxPods: Readonly<Record<string, number>>
  readonly zones: Readonly<Record<string, string>>
  readonly taints: Readonly<Record<string, readonly string[]>>
  readonly dualStack: boolean
  readonly loadBalancer: boolean
  readonly secondApiServer: boolean
  readonly loadBalancerDelayMs: number | undefined
  readonly coreDns: boolean
  readonly metricsServer: boolean
  readonly prometheus: PrometheusPlace | undefined
  readonly linkMtuBytes: number | undefined
  readonly cilium: boolean
  readonly ciliumValues: Readonly<Record<string, string>>
  readonly ciliumMaps: CiliumMapSizes | undefined
  readonly ciliumOperator: boolean
  readonly cesWritesPerSecond: number | undefined
  /** For `shape`: the node, and its link's shape, or undefined when that is to be cleared. */
  readonly node: string
  readonly link: LinkShape | undefined
}

/** Reads the command line; throws a UsageError, with the whole usage when no command is named. */
export function readOptions(argv: readonly string[], commands: readonly string[]): Options {
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(argv)
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
  const { values, positionals } = parsed
  const [command = '', node = ''] = positionals
  if (!commands.includes(command) || positionals.length !== (command === 'shape' ? 2 : 1)) throw new UsageError(usage)
  const agents = realNodeCount('cilium-agents', values['cilium-agents'])
  const ciliumOperator = values['cilium-operator'] === true
  const delay = values['load-balancer-delay']
  const loadBalancerDelayMs = delay === undefined ? undefined : count('load-balancer-delay', delay, 0) * 1000
  if (agents > 0 && ciliumOperator)
    throw new UsageError('--cilium-agents come with an operator: leave --cilium-operator out')
  if (agents > 0 && values['dual-stack']) throw new UsageError('--dual-stack: not with --cilium-agents')
  return {
    command,
    name: clusterName(values.name),
    kwokNodes: count('kwok-nodes', values['kwok-nodes'], 0),
    podsPerNode: count('pods-per-node', values['pods-per-node'], 110),
    realNodes: Math.max(agents, realNodeCount('real-nodes', values['real-nodes'])),
    maxPods: Object.fromEntries(byNode('max-pods', values['max-pods']).map(([name, pods]) => [name, maxPods(pods)])),
    zones: Object.fromEntries(byNode('zone', values.zone)),
    taints: taints(byNode('taint', values.taint)),
    dualStack: values['dual-stack'] === true,
    secondApiServer: values['second-api-server'] === true,
    loadBalancer: values['load-balancer'] === true || loadBalancerDelayMs !== undefined,
    loadBalancerDelayMs,
    coreDns: values['core-dns'] === true,
    metricsServer: values['metrics-server'] === true,
    prometheus: prometheusPlace(values.prometheus),
    linkMtuBytes: values['link-mtu'] === undefined ? undefined : count('link-mtu', values['link-mtu'], 1500),
    cilium: agents > 0,
    ciliumValues: Object.fromEntries((values['cilium-value'] ?? []).map(keyAndValue)),
    ciliumMaps: mapSizes(values['cilium-maps']),
    ciliumOperator,
    cesWritesPerSecond: writeRate(values['ces-write-rate']),
    node,
    link: command === 'shape' ? linkShape(values) : undefined,
  }
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      'kwok-nodes': { type: 'string' },
      'pods-per-node': { type: 'string' },
      'real-nodes': { type: 'string' },
      'max-pods': { type: 'string', multiple: true },
      zone: { type: 'string', multiple: true },
      taint: { type: 'string', multiple: true },
      'dual-stack': { type: 'boolean' },
      'load-balancer': { type: 'boolean' },
      'second-api-server': { type: 'boolean' },
      'load-balancer-delay': { type: 'string' },
      'core-dns': { type: 'boolean' },
      'metrics-server': { type: 'boolean' },
      prometheus: { type: 'string' },
      'link-mtu': { type: 'string' },
      'cilium-agents': { type: 'string' },
      'cilium-value': { type: 'string', multiple: true },
      'cilium-maps': { type: 'string' },
      'cilium-operator': { type: 'boolean' },
      'ces-write-rate': { type: 'string' },
      name: { type: 'string' },
      rate: { type: 'string' },
      loss: { type: 'string' },
      mtu: { type: 'string' },
      block: { type: 'string', multiple: true },
      direction: { type: 'string' },
      clear: { type: 'boolean' },
    },
  })
}

function linkShape(values: ReturnType<typeof parse>['values']): LinkShape | undefined {
  const { rate, loss, mtu, block, direction, clear } = values
  const isNothing = [rate, loss, mtu, block].every((value) => value === undefined)
  if (isNothing !== (clear === true)) throw new UsageError('shape: say how the link is to be, or --clear')
  if (clear) return undefined
  return checkLinkShape({
    ...(rate === undefined ? {} : { rateBitsPerSecond: parseRate(rate) }),
    ...(loss === undefined ? {} : { lossRatio: parseRatio(loss) }),
    ...(mtu === undefined ? {} : { mtuBytes: count('mtu', mtu, 0) }),
    ...(block === undefined ? {} : { blockedPorts: block }),
    ...(direction === undefined ? {} : { direction: linkDirection(direction) }),
  })
}

function linkDirection(text: string): LinkDirection {
  if (text !== 'to' && text !== 'from' && text !== 'both') throw new UsageError(`--direction ${text}: to, from or both`)
  return text
}

function clusterName(value: string | undefined): string {
  if (value === undefined) return defaultClusterName()
  // It names a folder.
  if (!/^[a-z0-9][a-z0-9-]{0,40}$/.test(value)) throw new UsageError(`--name ${value}: only a-z, 0-9 and -`)
  return value
}

function realNodeCount(flag: string, text: string | undefined): number {
  const value = count(flag, text, 0)
  if (value > maxRealNodes) throw new UsageError(`--${flag} ${value}: at most ${maxRealNodes}`)
  return value
}

function keyAndValue(text: string): [string, string] {
  const [, key, value] = /^([^=]+)=(.*)$/.exec(text) ?? []
  if (key === undefined || value === undefined) throw new UsageError(`--cilium-value ${text}: write it as KEY=VALUE`)
  return [key, value]
}

function prometheusPlace(text: string | undefined): PrometheusPlace | undefined {
  if (text !== undefined && text !== 'pod' && text !== 'process')
    throw new UsageError(`--prometheus ${text}: pod or process`)
  return text
}

function mapSizes(text: string | undefined): CiliumMapSizes | undefined {
  if (text !== undefined && text !== 'small' && text !== 'dynamic')
    throw new UsageError(`--cilium-maps ${text}: small or dynamic`)
  return text
}

function writeRate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const rate = count('ces-write-rate', text, 0)
  if (rate === 0) throw new UsageError('--ces-write-rate 0: at least 1')
  return rate
}

/** Splits `node-b=20`. */
function byNode(flag: string, texts: readonly string[] = []): [string, string][] {
  return texts.map((text) => {
    const [, node, value] = /^(node-[a-g])=(.+)$/.exec(text) ?? []
    if (node === undefined || value === undefined) throw new UsageError(`--${flag} ${text}: write it as node-b=…`)
    return [node, value]
  })
}

function maxPods(text: string): number {
  const pods = count('max-pods', text, 110)
  if (pods > podAddressesPerNode) throw new UsageError(`--max-pods ${text}: at most ${podAddressesPerNode}`)
  return pods
}

function taints(pairs: readonly [string, string][]): Record<string, string[]> {
  const byName: Record<string, string[]> = {}
  for (const [node, taint] of pairs) {
    parseTaint(taint)
    byName[node] = [...(byName[node] ?? []), taint]
  }
  return byName
}

function count(flag: string, value: string | undefined, fallback: number): number {
  if (value === undefined) return fallback
  if (!/^\d{1,6}$/.test(value)) throw new UsageError(`--${flag} ${value}: a whole number is needed`)
  return Number(value)
}
