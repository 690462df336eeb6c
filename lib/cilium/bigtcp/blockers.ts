import type { Blocker, IpFamily } from '../../record/details/bigtcp-details.ts'
import type { AgentStatus } from './agent-status.ts'
import { LEGACY_MAX_BYTES, type Link, sizesOf } from './links.ts'

/** What is known of a node, whichever part of it could be read. */
export interface BigTcpFacts {
  /** `6.8.0-45-generic`. */
  readonly kernel?: string
  /** 18 for Cilium 1.18. */
  readonly minor?: number
  /** Of cilium-config, with what is set for this node; undefined: not readable. */
  readonly config?: Readonly<Record<string, string>>
  readonly status?: AgentStatus
  readonly links?: readonly Link[]
  /** By the device's name. */
  readonly drivers: ReadonlyMap<string, string>
}

/** Linux 6.3 has sizes of their own for IPv4, 5.19 those above 65536 at all. */
const LEAST_KERNEL: Readonly<Record<IpFamily, readonly [major: number, minor: number]>> = { 4: [6, 3], 6: [5, 19] }

/**
 * What keeps BIG TCP from working for a family on a node, whether it is asked for or not: by what the agent does where it
 * says so, else by its configuration. Source: pkg/datapath/linux/bigtcp/bigtcp.go and
 * daemon/cmd/kube_proxy_replacement.go of Cilium 1.14 to 1.20.
 */
export function findBlockers(facts: BigTcpFacts, family: IpFamily): Blocker[] {
  return [
    kernelBlocker(facts, family),
    driverBlocker(facts),
    tunnelBlocker(facts),
    encryptionBlocker(facts),
    ...hostRoutingBlockers(facts),
    datapathBlocker(facts),
    dsrBlocker(facts),
  ].filter((blocker) => blocker !== undefined)
}

/** The devices that the agent uses, else those with a driver. */
export function devicesOf({ status, links = [], drivers }: BigTcpFacts): Link[] {
  const named = links.filter(({ name }) => status?.devices.includes(name))
  return named.length > 0 ? named : links.filter(({ name }) => drivers.has(name))
}

function kernelBlocker({ kernel, links }: BigTcpFacts, family: IpFamily): Blocker | undefined {
  // Where the kernel tells such sizes it has them, whatever its number: vendors carry such changes back.
  const isTold = links?.some((link) =>
    family === 4 ? sizesOf(link, 4).gsoBytes !== undefined : link.tsoMaxBytes !== undefined,
  )
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernel ?? '') ?? []
  if (isTold === true || major === undefined) return undefined
  const [leastMajor, leastMinor] = LEAST_KERNEL[family]
  const difference = Number(major) - leastMajor || Number(minor) - leastMinor
  if (difference >= 0) return undefined
  return { code: 'Kernel', text: `kernel ${kernel} is older than ${leastMajor}.${leastMinor}` }
}

function driverBlocker(facts: BigTcpFacts): Blocker | undefined {
  const device = devicesOf(facts).find(({ tsoMaxBytes = Number.POSITIVE_INFINITY }) => tsoMaxBytes <= LEGACY_MAX_BYTES)
  if (device === undefined) return undefined
  const driver = facts.drivers.get(device.name) ?? device.kind
  const name = driver === undefined ? device.name : `${device.name} (driver ${driver})`
  return { code: 'Driver', text: `device ${name} takes at most ${device.tsoMaxBytes} bytes` }
}

function tunnelBlocker({ status, config, minor }: BigTcpFacts): Blocker | undefined {
  const configured = config === undefined ? undefined : tunnelOf(config)
  const isTunnel = status?.isTunnel ?? configured !== undefined
  // 1.19 and later ask the kernel, and start where it can.
  if (!isTunnel || (minor !== undefined && minor >= 19 && isEnabledSomewhere(status))) return undefined
  const protocol = status?.tunnelProtocol ?? configured
  return {
    code: 'Tunnel',
    text: `routing through a tunnel${protocol === undefined ? '' : ` (${protocol})`}`,
    fix: 'routingMode: native',
  }
}

function isEnabledSomewhere(status: AgentStatus | undefined): boolean {
  return [status?.ipv4, status?.ipv6].some(
    (family) => family?.enabled === true && Math.min(family.gsoBytes, family.groBytes) > LEGACY_MAX_BYTES,
  )
}

/** Before 1.15 the key `tunnel` said both; a tunnel is the default, and vxlan its protocol. */
function tunnelOf(config: Readonly<Record<string, string>>): string | undefined {
  if (config['routing-mode'] === 'native' || config.tunnel === 'disabled') return undefined
  return config['tunnel-protocol'] ?? config.tunnel ?? 'vxlan'
}

function encryptionBlocker({ status, config, minor }: BigTcpFacts): Blocker | undefined {
  const configured =
    config?.['enable-ipsec'] === 'true' ? 'IPsec' : config?.['enable-wireguard'] === 'true' ? 'Wireguard' : undefined
  const mode = status?.encryption ?? configured
  const isIpsec = mode === 'IPsec'
  const isWireguard = mode === 'Wireguard'
  if (!isIpsec && !(isWireguard && minor !== undefined && minor <= 18)) return undefined
  return {
    code: 'Encryption',
    text: `encryption by ${isIpsec ? 'IPsec' : `WireGuard (from Cilium 1.19 on it does not matter)`}`,
    fix: 'encryption.enabled: false',
  }
}

/** Without them the agent falls back to the host's own routing, with which BIG TCP is not supported. */
function hostRoutingBlockers({ status, config }: BigTcpFacts): Blocker[] {
  const replacement = config?.['kube-proxy-replacement']
  const isReplaced =
    status?.isKubeProxyReplaced ?? (replacement === undefined ? undefined : /^(true|strict)$/.test(replacement))
  const isByIptables =
    status?.isMasqueradedByIptables ?? (config === undefined ? undefined : masqueradesByIptables(config))
  const causes: Blocker[] = []
  if (isReplaced === false) {
    causes.push({
      code: 'KubeProxyReplacement',
      text: 'kube-proxy is not replaced',
      fix: 'kubeProxyReplacement: true',
    })
  }
  if (isByIptables === true) {
    causes.push({ code: 'Masquerade', text: 'iptables masquerades', fix: 'bpf.masquerade: true' })
  }
  const isLegacy = status?.hostRouting === 'Legacy' || config?.['enable-host-legacy-routing'] === 'true'
  if (causes.length > 0 || !isLegacy) return causes
  return [{ code: 'HostRouting', text: 'legacy host routing', fix: 'bpf.hostLegacyRouting: false' }]
}

function masqueradesByIptables(config: Readonly<Record<string, string>>): boolean {
  const isOn = config['enable-ipv4-masquerade'] !== 'false' || config['enable-ipv6-masquerade'] === 'true'
  return isOn && config['enable-bpf-masquerade'] !== 'true'
}

function datapathBlocker({ status, config, minor }: BigTcpFacts): Blocker | undefined {
  const mode = status?.datapathMode ?? config?.['datapath-mode']
  if (mode === undefined || mode === 'veth' || minor === undefined || minor >= 16) return undefined
  return { code: 'DatapathMode', text: `datapath mode ${mode} before Cilium 1.16`, fix: 'bpf.datapathMode: veth' }
}

function dsrBlocker({ config, minor }: BigTcpFacts): Blocker | undefined {
  const dispatch = config?.['bpf-lb-dsr-dispatch']
  const isTunnel = dispatch === 'ipip' || dispatch === 'geneve'
  if (!isTunnel || minor === undefined || minor < 19) return undefined
  return { code: 'DsrDispatch', text: `DSR by ${dispatch}`, fix: 'loadBalancer.dsrDispatch: opt' }
}
