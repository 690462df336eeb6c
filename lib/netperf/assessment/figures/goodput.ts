import type { IpFamily, Protocol } from '../../test-case.ts'

/** Ethernet around each IP packet: header 14, checksum 4, preamble 8, gap 12 (IEEE 802.3). */
const ETHERNET_BYTES = 38
/** What it pads a packet to: 46 bytes between header and checksum. */
const LEAST_PACKET_BYTES = 46
const IP_BYTES: Readonly<Record<IpFamily, number>> = { 4: 20, 6: 40 }
const UDP_BYTES = 8
/** With the timestamp option, which Linux always uses. */
const TCP_BYTES = 32

/**
 * What tunnels and encryption put around a packet, beside the IP header of the outer packet: VXLAN and Geneve (without
 * options) a header of 8 in UDP with the inner Ethernet header, IPIP nothing, WireGuard 32 in UDP.
 */
const ENCAPSULATION_BYTES: readonly (readonly [pattern: RegExp, bytes: number])[] = [
  [/wireguard/i, 40],
  [/vxlan|geneve/i, 30],
  [/ipip|ip-in-ip/i, 0],
]

export interface Packets {
  readonly protocol: Protocol
  readonly ipFamily: IpFamily
  /** Of the interface that the traffic leaves the pod by: what a tunnel adds comes on top. */
  readonly mtuBytes: number
  /** Of a TCP segment, where it is smaller than the MTU allows. */
  readonly mssBytes?: number | undefined
  /** Of a UDP datagram. */
  readonly messageBytes?: number | undefined
  readonly encapsulationBytes?: number | undefined
}

/**
 * How much of what a link transmits is payload at most: for TCP over IPv4 (MTU - 52 - encapsulation)/(MTU + 38) with the
 * MTU of the link, 94.1 % of Ethernet with 1,500 bytes. Every packet is as large as it can be; UDP messages larger than
 * the MTU are fragmented, where each fragment carries an IP header.
 */
export function payloadShare(packets: Packets): number {
  const { protocol, ipFamily, mtuBytes, mssBytes, messageBytes, encapsulationBytes = 0 } = packets
  const ipBytes = IP_BYTES[ipFamily]
  const around = encapsulationBytes + ETHERNET_BYTES
  if (protocol !== 'udp') {
    const payload = Math.min(mtuBytes - ipBytes - TCP_BYTES, mssBytes ?? Number.POSITIVE_INFINITY)
    return payload / (payload + ipBytes + TCP_BYTES + around)
  }
  const payload = messageBytes ?? mtuBytes - ipBytes - UDP_BYTES
  const fragments = Math.ceil((payload + UDP_BYTES) / (mtuBytes - ipBytes))
  const packetBytes = payload + UDP_BYTES + fragments * ipBytes
  return payload / (Math.max(packetBytes, LEAST_PACKET_BYTES - encapsulationBytes) + fragments * around)
}

/**
 * @param facts as the cluster names its tunnel and its encryption
 * @param outer what the nodes speak to each other
 */
export function encapsulationBytes(facts: { encapsulation?: string; encryption?: string }, outer: IpFamily): number {
  const names = [facts.encapsulation ?? '', facts.encryption ?? '']
  const sizes = ENCAPSULATION_BYTES.filter(([pattern]) => names.some((name) => pattern.test(name)))
  return sizes.reduce((sum, [, bytes]) => sum + IP_BYTES[outer] + bytes, 0)
}
