import type { LintFinding } from '../../lint-finding.ts'
import type { MergedValues } from '../../values/merged-values.ts'
import { type Check, isTunnel, needs } from './check.ts'

// Sources: daemon/cmd and pkg/kpr of Cilium 1.14 to 1.20, templates/cilium-configmap.yaml of the charts.

export const routing: Check = (values, { minor }) => {
  const findings: LintFinding[] = []
  const mode = values.scalar('routingMode')
  if (isOnText(values.scalar('autoDirectNodeRoutes')) && isTunnel(values, minor)) {
    findings.push({
      severity: needs(mode !== undefined),
      code: 'DirectRoutesWithTunnel',
      place: values.place('autoDirectNodeRoutes'),
      path: 'autoDirectNodeRoutes',
      message: `the agent does not start with direct routes and tunnel routing${mode === undefined ? ', which is the default' : ''}`,
      advice: 'routingMode: native',
    })
  }
  if (mode === 'native') findings.push(...nativeRanges(values, minor))
  const balancing = values.scalar('loadBalancer.mode')
  const geneve = values.scalar('tunnelProtocol') === 'geneve' && values.scalar('loadBalancer.dsrDispatch') === 'geneve'
  // Without the replacement of kube-proxy the mode does nothing.
  const replaces = ['true', 'strict'].includes(String(values.scalar('kubeProxyReplacement')))
  if (replaces && (balancing === 'dsr' || balancing === 'hybrid') && isTunnel(values, minor) && !geneve) {
    findings.push({
      severity: needs(mode !== undefined),
      code: 'DirectServerReturnWithTunnel',
      place: values.place('loadBalancer.mode'),
      path: 'loadBalancer.mode',
      message: `the agent does not start with ${balancing} and tunnel routing${mode === undefined ? ', which is the default' : ''}`,
      advice: 'routingMode: native, or tunnelProtocol and loadBalancer.dsrDispatch: geneve',
    })
  }
  return findings
}

/** The first minor version whose chart looks for the range; before that the agent does. */
const FIRST_CHART_THAT_LOOKS = 18
/** Before, ip-masq-agent did not stand in for the range. */
const FIRST_WITH_MASQUERADE_AGENT = 15

/** Who masquerades has to be told where not to (checkIPv4NativeRoutingCIDR in pkg/option/config.go). */
function nativeRanges(values: MergedValues, minor: number): LintFinding[] {
  const isCloud = ['eni', 'alibabacloud'].includes(String(values.scalar('ipam.mode')))
  const isElsewhere =
    (minor >= FIRST_WITH_MASQUERADE_AGENT && values.isOn('ipMasqAgent.enabled') === true) ||
    values.isOn('nativeRoutingCIDRFromClusterPool') === true
  const masquerades = (family: 4 | 6) =>
    values.isOn(`enableIPv${family}Masquerade`) !== false &&
    (family === 4 ? values.isOn('ipv4.enabled') !== false && !isCloud : values.isOn('ipv6.enabled') === true)
  const refuses = minor >= FIRST_CHART_THAT_LOOKS ? 'Helm refuses' : 'the agent does not start with'
  return ([4, 6] as const).flatMap((family) => {
    const key = `ipv${family}NativeRoutingCIDR`
    if (!masquerades(family) || isElsewhere || isGiven(values, key)) return []
    return [
      {
        severity: 'warning',
        code: 'NativeRoutingWithoutCidr',
        place: values.place('routingMode'),
        path: 'routingMode',
        message: `${refuses} native routing without ${key} unless it is set elsewhere`,
        advice: `${key}: the range of your pods`,
      },
    ]
  })
}

export const encryption: Check = (values, { minor }) => {
  const isIpsec = (values.scalar('encryption.type') ?? 'ipsec') === 'ipsec'
  if (values.isOn('encryption.enabled') !== true || !isIpsec) return []
  const found = (message: string, advice: string): LintFinding => ({
    severity: 'error',
    code: 'IpsecConflict',
    place: values.place('encryption.enabled'),
    path: 'encryption.enabled',
    message,
    advice,
  })
  const findings: LintFinding[] = []
  if (values.isOn('hostFirewall.enabled') === true) {
    findings.push(found('the agent does not start with IPsec and hostFirewall.enabled', 'encryption.type: wireguard'))
  }
  if (minor <= 15 && ['true', 'strict'].includes(String(values.scalar('kubeProxyReplacement')))) {
    findings.push(found('the agent does not start with IPsec and kubeProxyReplacement', 'encryption.type: wireguard'))
  }
  return findings
}

/** Also where nobody knows the value yet. */
function isGiven(values: MergedValues, path: string): boolean {
  const node = values.node(path)
  return node?.kind === 'scalar' && node.value !== null && node.value !== ''
}

function isOnText(value: string | number | boolean | undefined): boolean {
  return value === true || value === 'true'
}
