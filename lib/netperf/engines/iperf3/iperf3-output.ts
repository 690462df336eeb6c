import { type Static, Type } from '@sinclair/typebox'

// The part of `iperf3 -J` that is read, as iperf3 3.7 to 3.22 print it. Bits per second are left out: bytes and seconds
// say the same, exactly.

const Optional = { count: Type.Optional(Type.Number()), flag: Type.Optional(Type.Boolean()) }

const SumSchema = Type.Object({
  seconds: Type.Number(),
  bytes: Type.Number(),
  jitter_ms: Optional.count,
  packets: Optional.count,
})

const StreamSchema = Type.Object({
  sender: Type.Optional(
    Type.Object({
      sender: Optional.flag,
      seconds: Type.Number(),
      bytes: Type.Number(),
      retransmits: Optional.count,
      max_snd_cwnd: Optional.count,
      // In microseconds.
      min_rtt: Optional.count,
      mean_rtt: Optional.count,
      max_rtt: Optional.count,
    }),
  ),
  receiver: Type.Optional(Type.Object({ bytes: Type.Number() })),
  udp: Type.Optional(
    Type.Object({
      sender: Optional.flag,
      seconds: Type.Number(),
      /** Sent, whichever end this is. */
      bytes: Type.Number(),
      jitter_ms: Type.Number(),
      packets: Type.Number(),
      lost_packets: Type.Number(),
      out_of_order: Optional.count,
    }),
  ),
})

/** What a measurement leaves that came to its end. */
export const Iperf3OutputSchema = Type.Object({
  start: Type.Object({
    version: Type.String(),
    tcp_mss: Optional.count,
    tcp_mss_default: Optional.count,
    test_start: Type.Object({ blksize: Type.Number(), omit: Type.Number() }),
  }),
  intervals: Type.Array(
    Type.Object({ streams: Type.Array(Type.Object({ snd_cwnd: Optional.count, pmtu: Optional.count })) }),
  ),
  end: Type.Object({
    streams: Type.Array(StreamSchema),
    sum: Type.Optional(SumSchema),
    sum_sent: Type.Optional(SumSchema),
    sum_received: Type.Optional(SumSchema),
    sum_sent_bidir_reverse: Type.Optional(SumSchema),
    sum_received_bidir_reverse: Type.Optional(SumSchema),
    cpu_utilization_percent: Type.Optional(Type.Object({ host_total: Optional.count, remote_total: Optional.count })),
    sender_tcp_congestion: Type.Optional(Type.String()),
    receiver_tcp_congestion: Type.Optional(Type.String()),
  }),
})

export type Iperf3Output = Static<typeof Iperf3OutputSchema>
export type Iperf3Stream = Static<typeof StreamSchema>
