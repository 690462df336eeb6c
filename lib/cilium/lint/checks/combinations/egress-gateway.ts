import type { LintFinding, LintSeverity } from '../../lint-finding.ts'
import { type Check, needs } from './check.ts'

// Source: pkg/egressgateway/manager.go of Cilium 1.14 to 1.20.

export const egressGateway: Check = (values) => {
  const path = 'egressGateway.enabled'
  if (values.isOn(path) !== true) return []
  const found = (severity: LintSeverity, message: string, advice: string): LintFinding => ({
    severity,
    code: 'EgressGatewayNeeds',
    place: values.place(path),
    path,
    message,
    advice,
  })
  const findings: LintFinding[] = []
  if (values.isOn('bpf.masquerade') !== true) {
    const isSet = values.isOn('bpf.masquerade') !== undefined
    findings.push(
      found(
        needs(isSet),
        `the agent does not start with an egress gateway unless masquerading is done in BPF${isSet ? '' : ', which is not the default'}`,
        'bpf.masquerade: true',
      ),
    )
  }
  if (values.isOn('enableIPv4Masquerade') === false) {
    findings.push(
      found(
        'error',
        'the agent does not start with an egress gateway and no masquerading',
        'enableIPv4Masquerade: true',
      ),
    )
  }
  const mode = values.scalar('identityAllocationMode')
  if (mode !== undefined && mode !== 'crd') {
    findings.push(
      found(
        'error',
        `the agent does not start with an egress gateway and identities in ${String(mode)}`,
        'identityAllocationMode: crd',
      ),
    )
  }
  return findings
}
