import { UsageError } from '../../../lib/errors/perf-error.ts'
import { unitMultiplier } from '../../../lib/record/unit.ts'

/** How one node's link to the switch is made worse than it is. What is absent stays as it is. */
export interface LinkShape {
  /** What the wire carries of full-size frames, preamble, checksum and gap included, as the speed of an Ethernet link is meant. */
  readonly rateBitsPerSecond?: number
  /** 0 to 1: packets between nodes that get lost, at random. 1 cuts the node off from the others, not from the API server. */
  readonly lossRatio?: number
  /** Larger packets between nodes vanish without a word, whatever the interfaces' MTU is. */
  readonly mtuBytes?: number
  /** Packets between nodes with these destination ports vanish, as at a firewall: `tcp/5201`, `udp/5201-5400`. */
  readonly blockedPorts?: readonly string[]
  /** Which packets the above is for: those to the node, those from it, or both (default). */
  readonly direction?: LinkDirection
}

export type LinkDirection = 'to' | 'from' | 'both'

export type LinkShapes = Readonly<Record<string, LinkShape>>

/** Throws a UsageError when the shape is none that a link can have. */
export function checkLinkShape(shape: LinkShape): LinkShape {
  const { rateBitsPerSecond: rate, lossRatio: loss, mtuBytes: mtu, blockedPorts: ports = [] } = shape
  if (rate !== undefined && !(rate >= 1e5)) throw new UsageError(`a link's rate of ${rate} bit/s: at least 100 kbit/s`)
  if (loss !== undefined && !(loss >= 0 && loss <= 1)) throw new UsageError(`a loss of ${loss}: between 0 and 1`)
  if (mtu !== undefined && !(Number.isInteger(mtu) && mtu >= 68)) throw new UsageError(`an MTU of ${mtu}: at least 68`)
  for (const port of ports) {
    if (!/^(tcp|udp)\/\d{1,5}(-\d{1,5})?$/.test(port)) throw new UsageError(`${port}: write it as tcp/5201 or udp/1-99`)
  }
  return shape
}

/** Reads a rate as people write it: `1G`, `100Mbit/s`. */
export function parseRate(text: string): number {
  return parseWithUnit(text, text.endsWith('bit/s') ? text : `${text}bit/s`, 'bit/s')
}

/** Reads a share as people write it: `1%`, `0.01`. */
export function parseRatio(text: string): number {
  return parseWithUnit(text, text, 'ratio')
}

function parseWithUnit(original: string, text: string, unit: 'bit/s' | 'ratio'): number {
  const [, number, suffix] = /^(\d+(?:\.\d+)?)(.*)$/.exec(text) ?? []
  const multiplier = suffix === undefined ? undefined : unitMultiplier(unit, suffix)
  if (multiplier === undefined) throw new UsageError(`${original} is no ${unit === 'ratio' ? 'share' : 'rate'}`)
  return Number(number) * multiplier
}

/** Whether the shape is for packets of this direction. */
function affects(shape: LinkShape, direction: 'to' | 'from'): boolean {
  return shape.direction === undefined || shape.direction === 'both' || shape.direction === direction
}

/** An Ethernet frame has 14 bytes before the packet, and the wire 24 more for each: preamble, checksum, gap. */
const frameBytes = 14
const wireBytes = 24

/**
 * The queueing discipline of an interface that sends to the node, or from it: a token bucket (tc-tbf(8)), or none.
 * The kernel counts frames without what the wire adds, so its rate is lower by that.
 */
export function queueDiscipline(shape: LinkShape, direction: 'to' | 'from', interfaceMtu: number): string {
  if (shape.rateBitsPerSecond === undefined || !affects(shape, direction)) return 'noqueue'
  const share = (interfaceMtu + frameBytes) / (interfaceMtu + frameBytes + wireBytes)
  const rate = Math.round(shape.rateBitsPerSecond * share)
  // Two milliseconds of the rate, but one large segment at the least: a smaller bucket cannot keep the rate up.
  const burstBytes = Math.max(65_536, Math.ceil((rate / 8) * 0.002))
  return `tbf rate ${rate}bit burst ${burstBytes} latency 20ms`
}

/** The rules of the switch for all links, as nft(8) reads them; they replace those that were there. */
export function switchRules(shapes: LinkShapes): string {
  const rules = Object.entries(shapes).flatMap(([node, shape]) =>
    (['to', 'from'] as const)
      .filter((direction) => affects(shape, direction))
      .flatMap((direction) => {
        const interfaces =
          direction === 'to' ? `iifname != "host" oifname "${node}"` : `iifname "${node}" oifname != "host"`
        return conditions(shape).map((condition) => `    ${interfaces} ${condition} counter drop`)
      }),
  )
  return [
    // The first line makes the second one possible where there is no such table yet.
    'add table bridge links',
    'delete table bridge links',
    'table bridge links {',
    '  chain forward {',
    '    type filter hook forward priority filter; policy accept;',
    ...rules,
    '  }',
    '}',
    '',
  ].join('\n')
}

const randomRange = 1_000_000

function conditions(shape: LinkShape): string[] {
  const ports = (shape.blockedPorts ?? []).map((port) => port.replace('/', ' dport '))
  // Only IP: without ARP nothing would work at all.
  if (shape.mtuBytes !== undefined) ports.push(`ether type { ip, ip6 } meta length > ${shape.mtuBytes}`)
  const lost = Math.round((shape.lossRatio ?? 0) * randomRange)
  // nft refuses comparisons that are always true or never.
  if (lost >= randomRange) ports.push('ether type { ip, ip6 }')
  else if (lost > 0) ports.push(`ether type { ip, ip6 } numgen random mod ${randomRange} < ${lost}`)
  return ports
}
