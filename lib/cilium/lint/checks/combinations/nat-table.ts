import type { LintFinding, LintSeverity } from '../../lint-finding.ts'
import type { Check } from './check.ts'

// Source: checkMapSizeLimits and calculateDynamicBPFMapSizes in pkg/option/config.go of Cilium 1.14 to 1.20.

const DEFAULT_RATIO = 0.0025
const DEFAULT_NAT = 524_288
// What the agent gives each table of the memory (calculateDynamicBPFMapSizes), and never less than the floors.
const SHARE_TCP = 524_288
const SHARE_ANY = 262_144
const SHARES_BYTES = 149_422_080
const FLOOR_TCP = 131_072
const FLOOR_ANY = 65_536
const GIBIBYTE = 2 ** 30

export const natTable: Check = (values) => {
  const path = 'bpf.natMax'
  const nat = values.number(path)
  if (nat === undefined || nat <= 0) return []
  const [tcp, any] = [values.number('bpf.ctTcpMax'), values.number('bpf.ctAnyMax')]
  const ratio = values.number('bpf.mapDynamicSizeRatio') || DEFAULT_RATIO
  const found = (severity: LintSeverity, code: string, message: string, advice: string): readonly LintFinding[] => [
    { severity, code, place: values.place(path), path, message, advice },
  ]
  if (tcp !== undefined && any !== undefined) {
    const sum = tcp + any
    if (nat <= sum) return []
    return nat === DEFAULT_NAT
      ? found(
          'error',
          'Clamped',
          `the agent makes ${Math.floor((sum * 2) / 3)} of it, two thirds of ctTcpMax + ctAnyMax`,
          `${path}: ${Math.floor((sum * 2) / 3)}, or larger connection-tracking tables`,
        )
      : found(
          'error',
          'NatAboveConnectionTracking',
          `the agent does not start with ${nat}: ctTcpMax + ctAnyMax is ${sum}`,
          `${path}: ${sum} at most`,
        )
  }
  // Tables that nobody sets follow the node's memory, down to a floor.
  if (nat <= (tcp ?? FLOOR_TCP) + (any ?? FLOOR_ANY)) return []
  const dynamicShare = (tcp === undefined ? SHARE_TCP : 0) + (any === undefined ? SHARE_ANY : 0)
  const bytes = ((nat - (tcp ?? 0) - (any ?? 0)) * SHARES_BYTES) / dynamicShare / ratio
  const nodes = `on nodes with less than ${Math.ceil(bytes / GIBIBYTE)}Gi of memory`
  const advice = `bpf.ctTcpMax: ${Math.ceil((nat * 2) / 3)} and bpf.ctAnyMax: ${Math.ceil(nat / 3)}, or no ${path}`
  return nat === DEFAULT_NAT
    ? found('warning', 'Clamped', `the agent makes less of it ${nodes}: two thirds of ctTcpMax + ctAnyMax`, advice)
    : found(
        'warning',
        'NatAboveConnectionTracking',
        `the agent does not start ${nodes}: there ctTcpMax + ctAnyMax is less`,
        advice,
      )
}
