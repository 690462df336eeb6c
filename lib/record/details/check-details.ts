import type { TSchema } from '@sinclair/typebox'
import { UsageError } from '../../errors/perf-error.ts'
import type { RunRecord } from '../run-record.ts'
import { schemaFault } from '../schema-fault.ts'
import { AcceptDetailsSchema, acceptDetailsOf } from './accept-details.ts'
import { BigTcpDetailsSchema, bigTcpDetailsOf } from './bigtcp-details.ts'
import { CesDetailsSchema, cesDetails } from './ces-details.ts'
import { CiliumMapsDetailsSchema, ciliumMapsDetailsOf } from './cilium-maps-details.ts'
import { ControlPlaneDetailsSchema, controlPlaneDetails } from './control-plane-details.ts'
import { DensityDetailsSchema, densityDetails } from './density-details.ts'
import { LoadDetailsSchema, loadDetailsOf } from './load-details.ts'
import { MaxPodsDetailsSchema, maxPodsDetails } from './maxpods-details.ts'
import { NetperfDetailsSchema, netperfDetailsOf } from './netperf-details.ts'
import { CompareDetailsSchema, LintDetailsSchema } from './offline-details-schema.ts'

const ofKind =
  (wanted: string) =>
  ({ kind, details }: RunRecord) =>
    kind === wanted ? details : undefined

/** By the readers of the details: what they take for there has to be whole. */
const DETAILS: readonly (readonly [read: (record: RunRecord) => unknown, schema: TSchema])[] = [
  [densityDetails, DensityDetailsSchema],
  [netperfDetailsOf, NetperfDetailsSchema],
  [ciliumMapsDetailsOf, CiliumMapsDetailsSchema],
  [loadDetailsOf, LoadDetailsSchema],
  [bigTcpDetailsOf, BigTcpDetailsSchema],
  [({ kind, details }) => (kind === 'cilium-bigtcp' ? details.bench : undefined), NetperfDetailsSchema],
  [controlPlaneDetails, ControlPlaneDetailsSchema],
  [maxPodsDetails, MaxPodsDetailsSchema],
  [cesDetails, CesDetailsSchema],
  [acceptDetailsOf, AcceptDetailsSchema],
  [ofKind('compare'), CompareDetailsSchema],
  [ofKind('cilium-lint'), LintDetailsSchema],
]

/**
 * Checks what a record says of its own command, for whoever shows it.
 * @param name of the file, for messages
 * @throws UsageError with the place of the damage
 */
export function checkDetails(record: RunRecord, name: string): void {
  for (const [read, schema] of DETAILS) {
    const details = read(record)
    const fault = details === undefined ? undefined : schemaFault(schema, details)
    if (fault !== undefined) throw new UsageError(`"${name}" is damaged: details${fault.path}: ${fault.message}`)
  }
}
