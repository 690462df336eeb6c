import type { BigTcpFamily } from '../../record/details/bigtcp-details.ts'
import { isObject, parseJson } from '../../record/json.ts'

/** What an agent says of itself that decides on BIG TCP. Absent: this version does not tell. */
export interface AgentStatus {
  /** The devices of the node that Cilium uses. */
  readonly devices: readonly string[]
  readonly ipv4?: NonNullable<BigTcpFamily['agent']>
  readonly ipv6?: NonNullable<BigTcpFamily['agent']>
  readonly isKubeProxyReplaced?: boolean
  /** BPF or Legacy. */
  readonly hostRouting?: string
  /** Since 1.16: between nodes. */
  readonly isTunnel?: boolean
  readonly tunnelProtocol?: string
  /** Disabled, IPsec, Wireguard, Ztunnel. */
  readonly encryption?: string
  /** Whether iptables, and not BPF, rewrites addresses. */
  readonly isMasqueradedByIptables?: boolean
  /** Since 1.16: veth, netkit, netkit-l2. */
  readonly datapathMode?: string
}

// api/v1/models/status_response.go: what is false or 0 is left out.
interface StatusResponse {
  readonly 'ipv4-big-tcp'?: BigTcpStatus
  readonly 'ipv6-big-tcp'?: BigTcpStatus
  readonly 'kube-proxy-replacement'?: { mode?: string; deviceList?: readonly { name?: string }[] | null }
  readonly 'host-routing'?: { mode?: string }
  readonly routing?: {
    'inter-host-routing-mode'?: string
    'intra-host-routing-mode'?: string
    'tunnel-protocol'?: string
  }
  readonly encryption?: { mode?: string }
  readonly masquerading?: { enabledProtocols?: { ipv4?: boolean; ipv6?: boolean }; enabled?: boolean; mode?: string }
  readonly 'datapath-mode'?: string
}

interface BigTcpStatus {
  enabled?: boolean
  maxGRO?: number
  maxGSO?: number
}

/**
 * Reads `cilium-dbg status -o json` of 1.14 to 1.20.
 * @returns undefined for what is no status, such as the words of an agent that does not answer
 */
export function readAgentStatus(text: string): AgentStatus | undefined {
  const parsed = parseJson(text)
  if (!isObject(parsed)) return undefined
  const status = parsed as StatusResponse
  const { routing, encryption, masquerading } = status
  const replacement = status['kube-proxy-replacement']
  const between = routing?.['inter-host-routing-mode']
  const hostRouting = routing?.['intra-host-routing-mode'] ?? status['host-routing']?.mode
  const ipv4 = readFamily(status['ipv4-big-tcp'])
  const ipv6 = readFamily(status['ipv6-big-tcp'])
  const mode = replacement?.mode
  const protocol = routing?.['tunnel-protocol']
  const datapathMode = status['datapath-mode']
  return {
    devices: (replacement?.deviceList ?? []).flatMap(({ name }) => name ?? []),
    ...(ipv4 === undefined ? {} : { ipv4 }),
    ...(ipv6 === undefined ? {} : { ipv6 }),
    ...(mode === undefined ? {} : { isKubeProxyReplaced: /^(true|strict)$/i.test(mode) }),
    ...(hostRouting === undefined ? {} : { hostRouting }),
    ...(between === undefined ? {} : { isTunnel: between === 'Tunnel' }),
    ...(protocol === undefined || protocol === '' ? {} : { tunnelProtocol: protocol }),
    ...(encryption?.mode === undefined ? {} : { encryption: encryption.mode }),
    ...(masquerading === undefined ? {} : { isMasqueradedByIptables: isByIptables(masquerading) }),
    ...(datapathMode === undefined ? {} : { datapathMode }),
  }
}

function readFamily(status: BigTcpStatus | undefined): AgentStatus['ipv4'] {
  if (status === undefined) return undefined
  const { enabled = false, maxGSO = 0, maxGRO = 0 } = status
  return { enabled, gsoBytes: maxGSO, groBytes: maxGRO }
}

function isByIptables({
  enabled = false,
  enabledProtocols,
  mode,
}: NonNullable<StatusResponse['masquerading']>): boolean {
  const isOn =
    enabledProtocols === undefined ? enabled : enabledProtocols.ipv4 === true || enabledProtocols.ipv6 === true
  return isOn && mode !== undefined && mode.toLowerCase() === 'iptables'
}
