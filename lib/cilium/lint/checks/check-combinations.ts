import type { LintFinding, LintTarget } from '../lint-finding.ts'
import type { MergedValues } from '../values/merged-values.ts'
import { bigTcp } from './combinations/big-tcp.ts'
import type { Check } from './combinations/check.ts'
import { egressGateway } from './combinations/egress-gateway.ts'
import { endpointSlices } from './combinations/endpoint-slices.ts'
import { natTable } from './combinations/nat-table.ts'
import { clusterIdentity, garbageCollection, requirements, serviceHost } from './combinations/requirements.ts'
import { encryption, routing } from './combinations/routing.ts'

const CHECKS: readonly Check[] = [
  endpointSlices,
  bigTcp,
  egressGateway,
  natTable,
  routing,
  encryption,
  requirements,
  clusterIdentity,
  garbageCollection,
  serviceHost,
]

/** Findings for settings that do not go together. */
export function checkCombinations(values: MergedValues, target: LintTarget): readonly LintFinding[] {
  return CHECKS.flatMap((check) => check(values, target))
}
