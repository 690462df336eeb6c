/** What is known of the way between two pods beside the measurement. Absent: could not be found out. */
export interface EndpointFacts {
  readonly kernel?: string
  /** Of the interface that the traffic leaves by. */
  readonly interfaceName?: string
  readonly mtuBytes?: number
  readonly gsoMaxBytes?: number
  readonly groMaxBytes?: number
  /** As the driver says; a veth's 10 Gbit/s is nobody's speed, and is left out. */
  readonly linkBitsPerSecond?: number
  /** Of the annotations kubernetes.io/ingress-bandwidth and egress-bandwidth. */
  readonly ingressLimitBitsPerSecond?: number
  readonly egressLimitBitsPerSecond?: number
}

/** The largest IP packet that arrives unfragmented from one pod to another, with its two headers. */
export interface PathMtu {
  readonly pair: number
  readonly bytes: number
  /** That of the client's interface, to compare with. */
  readonly interfaceBytes: number
  readonly ipFamily: 4 | 6
}

/** CPU that a pod was refused by its limit while a sample was taken: differences of cgroup's cpu.stat. */
export interface Throttling {
  readonly periods: number
  readonly seconds: number
}

/** What a pod and its node did while a sample was taken: differences of the kernel's counters. Absent: not readable. */
export interface CpuLoad {
  /** Between the two looks at the counters. */
  readonly seconds: number
  /** CPU that the pod used: usage_usec of cgroup's cpu.stat. */
  readonly podSeconds?: number
  /** How long something in the pod wanted a core and had none: "some" of cgroup's cpu.pressure. */
  readonly podWaitSeconds?: number
  /** Of /proc/stat, neither idle nor waiting for disks: the busiest core of the node, and all of them, from 0 to 1. */
  readonly busiestCore?: number
  readonly nodeBusy?: number
  /** UDP datagrams that reached the pod and found their socket full: RcvbufErrors of all its sockets, IPv4 and IPv6. */
  readonly socketDrops?: number
}
