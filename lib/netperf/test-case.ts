export type Protocol = 'tcp' | 'udp' | 'http' | 'grpc'
export type NetworkPath = 'pod' | 'host' | 'service' | 'nodeport' | 'loadbalancer'
export type Placement = 'other-node' | 'same-node' | 'same-zone' | 'other-zone' | 'any'
export type EngineName = 'iperf3' | 'iperf2' | 'netperf' | 'fortio' | 'siege'
export type IpFamily = 4 | 6

/**
 * stream: as much as goes through. rr: one request and its response after the other over one connection (TCP_RR).
 * crr: the same with a new connection for each (TCP_CRR).
 */
export type Mode = 'stream' | 'rr' | 'crr'

/** forward: from client to server. */
export type Direction = 'forward' | 'reverse' | 'bidirectional'

/** One row of the matrix: what is measured between every pair of its group, `samples` times. */
export interface TestCase {
  readonly engine: EngineName
  readonly protocol: Protocol
  readonly mode: Mode
  readonly path: NetworkPath
  readonly placement: Placement | 'mesh'
  readonly direction: Direction
  readonly ipFamily: IpFamily
  /** Parallel connections of one pair that carry a stream. */
  readonly streams: number
  /** The maximum segment size that is asked for. */
  readonly mssBytes?: number
  readonly messageBytes?: number
  /** Of each pair, all its streams together; max: the highest rate at which (nearly) nothing is lost is searched for. */
  readonly bitsPerSecond?: number | 'max'
  /** Of each pair, for HTTP and gRPC. */
  readonly connections?: number
  /** Of each pair; without it a share of the rate that was found possible. */
  readonly requestsPerSecond?: number
  /** The same over the host network, which the row is compared with (`--host-baseline`). */
  readonly isBaseline: boolean
}
