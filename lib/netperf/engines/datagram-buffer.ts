/**
 * The socket buffer for UDP, in bytes: with the usual one a receiver that waits 20 ms for a core has lost packets, which
 * the network had delivered. Twice what every kernel grants without being configured (net.core.rmem_max), since it
 * doubles what it grants: for more than it then says it has, iperf3 refuses to run.
 */
export const datagramBufferBytes = 425_984
