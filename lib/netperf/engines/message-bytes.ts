import type { TestCase } from '../test-case.ts'

/** What a datagram carries over Ethernet when nobody says how much: the segment size of TCP. */
const ETHERNET_DATAGRAM_BYTES = 1448
/** What iperf3 and iperf2 write to TCP at once when nobody says how much: 128 KiB. */
const TCP_MESSAGE_BYTES = 131_072

/** What a stream sends at once; for datagrams without a size that of Ethernet, which the path may differ from. */
export function messageBytesOf({ protocol, messageBytes }: Pick<TestCase, 'protocol' | 'messageBytes'>): number {
  return messageBytes ?? (protocol === 'udp' ? ETHERNET_DATAGRAM_BYTES : TCP_MESSAGE_BYTES)
}
