import type { LintFinding } from '../../lint-finding.ts'
import type { Check } from './check.ts'

// Sources: pkg/egressgateway/manager.go of Cilium 1.15 to 1.20, templates/validate.yaml of the charts.

export const endpointSlices: Check = (values, { minor }) => {
  const path =
    minor >= 16 && values.isOn('ciliumEndpointSlice.enabled')
      ? 'ciliumEndpointSlice.enabled'
      : 'enableCiliumEndpointSlice'
  if (values.isOn(path) !== true || (path === 'enableCiliumEndpointSlice' && minor >= 18)) return []
  const place = values.place(path)
  const findings: LintFinding[] = []
  if (values.isOn('egressGateway.enabled') === true && minor >= 15) {
    findings.push({
      severity: 'error',
      code: 'EndpointSlicesWithEgressGateway',
      place,
      path,
      message: 'the agent does not start with CiliumEndpointSlices and egressGateway.enabled',
      advice: 'switch one of the two off',
    })
  }
  if (values.isOn('disableEndpointCRD') === true) {
    findings.push({
      severity: 'error',
      code: 'EndpointSlicesWithoutEndpoints',
      place,
      path,
      message: 'Helm refuses CiliumEndpointSlices with disableEndpointCRD: true',
      advice: 'disableEndpointCRD: false',
    })
  }
  return findings
}
