import type { EngineName, IpFamily } from './test-case.ts'

/** A pod that traffic begins or ends in, as the cluster has placed it. */
export interface Endpoint {
  readonly namespace: string
  readonly pod: string
  readonly node: string
  /** Of the label topology.kubernetes.io/zone. */
  readonly zone?: string
  readonly hostNetwork: boolean
  /** Of status.podIPs, in its order. */
  readonly addresses: readonly string[]
  /** Of status.hostIPs (before Kubernetes 1.30 the one of status.hostIP). */
  readonly nodeAddresses: readonly string[]
}

/** The first one of the family; undefined where there is none. */
export function addressOf(addresses: readonly string[], family: IpFamily): string | undefined {
  return addresses.find((address) => address.includes(':') === (family === 6))
}

/** A client and the server that it talks to. */
export interface Pair {
  /** From 0, over the whole run. */
  readonly index: number
  readonly client: Endpoint
  readonly server: Endpoint
  /** The processes that serve this pair, one for each engine and IP family of its tests. */
  readonly processes: readonly ServerProcess[]
}

export interface ServerProcess {
  readonly engine: EngineName
  readonly ipFamily: IpFamily
  /** In the server's pod, TCP and UDP; the next one is its own too, for tools that need two. */
  readonly port: number
}

/** What the client connects to: the pod, the node, or the Service in front of the server. */
export interface Target {
  readonly address: string
  readonly port: number
  /** Where the server's second port, `ServerProcess.port` + 1, is to be found: a NodePort has another number. */
  readonly secondPort: number
}
