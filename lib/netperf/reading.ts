/** What one run of a tool between one pair has shown. Absent is "not known", never 0. */
export interface Reading {
  /** As the tool names itself, e.g. "iperf 3.12". */
  readonly tool: string
  /** One for each direction in which data flowed. */
  readonly flows: readonly FlowReading[]
  readonly requests?: RequestReading
  /** CPU that the tool's process used at either end while it measured: cores, above 1 with several threads. */
  readonly clientCores?: number
  readonly serverCores?: number
  /** The segment size that was in force. */
  readonly mssBytes?: number
  readonly clientCongestionControl?: string
  readonly serverCongestionControl?: string
}

export interface FlowReading {
  /** forward: from client to server. */
  readonly direction: 'forward' | 'reverse'
  /** How long was measured, without the warm-up. */
  readonly seconds: number
  /** What arrived, payload only. */
  readonly receivedBitsPerSecond: number
  readonly sentBitsPerSecond?: number
  readonly retransmits?: number
  /** Of TCP at the sending end. */
  readonly rtt?: Spread
  /** The largest congestion window of one stream, in bytes. */
  readonly congestionWindowBytes?: number
  readonly datagrams?: DatagramReading
}

export interface DatagramReading {
  /** Sent and numbered: received, lost, or late. */
  readonly sent: number
  readonly lost: number
  readonly outOfOrder?: number
  readonly jitterSeconds: number
  /** From the sender's clock to the receiver's: only of ends on one node, which have one clock. */
  readonly oneWayLatency?: Spread
}

/** In seconds. */
export interface Spread {
  readonly minSeconds?: number
  readonly meanSeconds?: number
  readonly maxSeconds?: number
}

/** Requests one by one: HTTP, gRPC, and the modes rr and crr. */
export interface RequestReading {
  readonly seconds: number
  readonly completed: number
  /** Requests that failed, by status code or the tool's word for it. */
  readonly errors: Readonly<Record<string, number>>
  readonly latency?: LatencyReading
  /** Open loop: the rate that requests were to be sent at, and whether it was kept (at least 95 % of it). */
  readonly openLoop?: { readonly requestedPerSecond: number; readonly isKept: boolean }
}

/** Seconds of one request, as the client saw them. */
export interface LatencyReading extends Spread {
  readonly count: number
  readonly p50?: number
  readonly p90?: number
  readonly p99?: number
  readonly p999?: number
  /** How fine a quantile can be. */
  readonly resolutionSeconds: number
  /** [upper bound in seconds, count], ascending. */
  readonly histogram?: readonly (readonly [number, number])[]
}
