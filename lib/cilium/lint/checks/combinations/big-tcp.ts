import type { LintFinding, LintSeverity } from '../../lint-finding.ts'
import type { MergedValues } from '../../values/merged-values.ts'
import { type Check, isTunnel, needs } from './check.ts'

// Source: pkg/datapath/linux/bigtcp/bigtcp.go of Cilium 1.14 to 1.20.

const BIG_TCP = ['enableIPv4BIGTCP', 'enableIPv6BIGTCP'] as const

export const bigTcp: Check = (values, { minor }) => {
  const path = BIG_TCP.find((path) => values.isOn(path) === true)
  if (path === undefined) return []
  const found = (code: string, severity: LintSeverity, message: string, advice: string): LintFinding => ({
    severity,
    code,
    place: values.place(path),
    path,
    message,
    advice,
  })
  const findings: LintFinding[] = []
  if (isTunnel(values, minor)) {
    const switches = ['routingMode', 'tunnelProtocol', ...(minor <= 14 ? ['tunnel'] : [])]
    const isSet = switches.some((path) => values.scalar(path) !== undefined)
    const message =
      minor >= 19
        ? 'BIG TCP through a tunnel needs support that kernels do not have yet: else the agent does not start'
        : 'the agent does not start with BIG TCP and tunnel routing'
    findings.push(
      found(
        'BigTcpWithTunnel',
        needs(isSet),
        `${message}${isSet ? '' : ', which is the default'}`,
        'routingMode: native',
      ),
    )
  }
  const encryption = values.scalar('encryption.type') ?? 'ipsec'
  if (values.isOn('encryption.enabled') === true && (minor <= 18 || encryption === 'ipsec')) {
    findings.push(
      found(
        'BigTcpWithEncryption',
        'error',
        `the agent does not start with BIG TCP and ${minor <= 18 ? 'encryption' : 'IPsec'}`,
        minor <= 18 ? 'encryption.enabled: false' : 'encryption.type: wireguard',
      ),
    )
  }
  if (values.isOn('bpf.hostLegacyRouting') === true) {
    findings.push(
      found(
        'BigTcpWithLegacyRouting',
        'error',
        'the agent does not start with BIG TCP and bpf.hostLegacyRouting',
        'bpf.hostLegacyRouting: false',
      ),
    )
  }
  for (const [needed, value] of [
    ['kubeProxyReplacement', 'true'],
    ['bpf.masquerade', 'true'],
  ] as const) {
    const given = values.scalar(needed)
    const isOff =
      given === undefined || given === false || given === 'false' || given === 'disabled' || given === 'partial'
    const unneeded = needed === 'bpf.masquerade' && isUnmasqueraded(values)
    if (!isOff || unneeded) continue
    findings.push(
      found(
        'BigTcpWithoutHostRouting',
        needs(given !== undefined),
        `BIG TCP needs routing in BPF, and that ${needed}: true${given === undefined ? ', which is not the default' : ''}`,
        `${needed}: ${value}`,
      ),
    )
  }
  return findings
}

function isUnmasqueraded(values: MergedValues): boolean {
  return values.isOn('enableIPv4Masquerade') === false && values.isOn('enableIPv6Masquerade') !== true
}
