import type { EndpointFacts } from '../../facts/path-facts.ts'
import type { FlowDirection } from '../../matrix/test-labels.ts'
import type { NetperfRun } from '../../netperf-run.ts'
import { addressOf, type Endpoint, type Pair } from '../../pair.ts'
import type { IpFamily } from '../../test-case.ts'
import type { AssessmentOptions } from '../assessment.ts'
import { flowDirections, type MeasuredPair, type MeasuredTest } from '../measured-tests.ts'
import { flowOf } from './figures.ts'
import { encapsulationBytes, payloadShare } from './goodput.ts'

/** How full a node's link is, in one direction. */
export interface LinkLoad {
  readonly node: string
  readonly linkBitsPerSecond: number
  readonly linkSource: 'option' | 'interface'
  readonly mtuBytes: number
  /** Payload of what the link transmits, at most. */
  readonly possibleShare: number
  /** By sample: what its flows come to on the wire, as a share of its speed. 1 is line rate. */
  readonly shares: ReadonlyMap<number, number>
}

/** Of one pair: how full the links are that its flow of this direction passes. */
export type LinkLoads = (pair: Pair, direction: FlowDirection) => LinkLoad | undefined

/**
 * How full the links of nodes are. A link carries all that its node sends at once, or receives: of a mesh one pair at a
 * time, of other tests all pairs. For each pair the busier of its two links; undefined where a speed or an MTU is not
 * known, or the traffic stays within its node.
 */
export function linkLoads(run: NetperfRun, measured: MeasuredTest, options: AssessmentOptions): LinkLoads {
  const flows = flowDirections(measured.test)
    .flatMap((direction) => measured.pairs.map((pair) => flowOnWire(run, measured, pair, direction)))
    .filter(({ sender, receiver }) => sender.node !== receiver.node)
  const uses = flows.flatMap((flow) =>
    (['sender', 'receiver'] as const).map((end) => {
      const { node } = flow[end]
      const link = measured.test.placement === 'mesh' ? `${flow.pair} ${flow.direction}` : node
      return { flow, node, link: `${end} ${link}` }
    }),
  )
  const speeds = new Map(
    [...new Set(uses.map(({ node }) => node))].map((node) => [node, linkSpeed(run, node, options)]),
  )
  const loads = new Map(
    [...Map.groupBy(uses, ({ link }) => link)].map(([link, ofLink]) => {
      const node = ofLink[0]?.node ?? ''
      return [
        link,
        linkLoad(
          node,
          ofLink.map(({ flow }) => flow),
          speeds.get(node),
        ),
      ]
    }),
  )
  const usesOf = Map.groupBy(uses, ({ flow }) => `${flow.pair} ${flow.direction}`)
  return ({ index }, direction) =>
    busiest((usesOf.get(`${index} ${direction}`) ?? []).flatMap(({ link }) => loads.get(link) ?? []))
}

function linkLoad(
  node: string,
  flows: readonly FlowOnWire[],
  speed: Pick<LinkLoad, 'linkBitsPerSecond' | 'linkSource'> | undefined,
): LinkLoad | undefined {
  const [first] = flows
  if (speed === undefined || first?.mtuBytes === undefined || first.possibleShare === undefined) return undefined
  if (flows.some(({ possibleShare }) => possibleShare === undefined)) return undefined
  const sums = sumBySample(flows.map(({ wireBitsPerSecond }) => wireBitsPerSecond))
  if (sums.size === 0) return undefined
  const shares = new Map([...sums].map(([sample, bits]) => [sample, bits / speed.linkBitsPerSecond]))
  return { node, ...speed, mtuBytes: first.mtuBytes, possibleShare: first.possibleShare, shares }
}

/** Undefined of none. */
export function busiest(loads: readonly LinkLoad[]): LinkLoad | undefined {
  const [first, ...others] = loads
  return others.reduce((most, next) => (most && mean(next.shares) > mean(most.shares) ? next : most), first)
}

interface FlowOnWire {
  pair: number
  direction: FlowDirection
  sender: Endpoint
  receiver: Endpoint
  mtuBytes: number | undefined
  possibleShare: number | undefined
  /** By sample, headers and Ethernet included. */
  wireBitsPerSecond: ReadonlyMap<number, number>
}

function flowOnWire(
  run: NetperfRun,
  { test }: MeasuredTest,
  { pair, samples }: MeasuredPair,
  direction: FlowDirection,
): FlowOnWire {
  const [sender, receiver] = direction === 'forward' ? [pair.client, pair.server] : [pair.server, pair.client]
  const mtuBytes = (factsOf(run, sender) ?? factsOf(run, receiver))?.mtuBytes
  const isTunnelled = !sender.hostNetwork && !receiver.hostNetwork
  const mssBytes = samples.find(({ reading }) => reading.mssBytes !== undefined)?.reading.mssBytes
  const possibleShare =
    mtuBytes === undefined
      ? undefined
      : payloadShare({
          protocol: test.protocol,
          ipFamily: test.ipFamily,
          mtuBytes,
          mssBytes,
          messageBytes: test.messageBytes,
          encapsulationBytes: isTunnelled ? encapsulationBytes(run.clusterFacts, outerFamily(sender)) : 0,
        })
  const wire = samples.flatMap(({ sample, reading }) => {
    const received = flowOf(reading, direction)?.receivedBitsPerSecond
    return received === undefined || possibleShare === undefined ? [] : [[sample, received / possibleShare] as const]
  })
  return { pair: pair.index, direction, sender, receiver, mtuBytes, possibleShare, wireBitsPerSecond: new Map(wire) }
}

/** Networks of pods tunnel over IPv4 wherever nodes have it. */
function outerFamily({ nodeAddresses }: Endpoint): IpFamily {
  return nodeAddresses.length > 0 && addressOf(nodeAddresses, 4) === undefined ? 6 : 4
}

/** The user knows best; else the slowest that an interface of the node's own network is said to have. */
function linkSpeed(
  run: NetperfRun,
  node: string,
  { linkBitsPerSecond }: AssessmentOptions,
): Pick<LinkLoad, 'linkBitsPerSecond' | 'linkSource'> | undefined {
  if (linkBitsPerSecond !== undefined) return { linkBitsPerSecond, linkSource: 'option' }
  const speeds = run.pairs
    .flatMap(({ client, server }) => [client, server])
    .filter((endpoint) => endpoint.node === node)
    .flatMap((endpoint) => factsOf(run, endpoint)?.linkBitsPerSecond ?? [])
  return speeds.length === 0 ? undefined : { linkBitsPerSecond: Math.min(...speeds), linkSource: 'interface' }
}

/** What is known of a pod's network; undefined where it could not be read. */
export function factsOf({ endpointFacts }: NetperfRun, { namespace, pod }: Endpoint): EndpointFacts | undefined {
  return endpointFacts.get(`${namespace}/${pod}`)
}

function sumBySample(parts: readonly ReadonlyMap<number, number>[]): Map<number, number> {
  const [first, ...others] = parts
  const sums = new Map<number, number>()
  for (const [sample, value] of first ?? []) {
    const values = others.map((part) => part.get(sample))
    if (values.every((other) => other !== undefined))
      sums.set(
        sample,
        values.reduce((sum, other) => sum + other, value),
      )
  }
  return sums
}

function mean(values: ReadonlyMap<number, number>): number {
  return [...values.values()].reduce((sum, value) => sum + value, 0) / values.size
}
