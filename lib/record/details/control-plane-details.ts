import { type Static, Type } from '@sinclair/typebox'
import type { RunRecord } from '../run-record.ts'

// What only control-plane has, beside the metrics: which API servers they are of, and where they come from.

const closed = { additionalProperties: false }
const Timestamp = Type.String({ format: 'date-time' })

const ServerSeenSchema = Type.Object(
  {
    server: Type.String({ description: 'Its address: of the target of a Prometheus, or of the kubeconfig' }),
    processStartedAt: Type.String({ format: 'date-time', description: 'By this one API server is told from another' }),
    windowStartedAt: Timestamp,
    windowSeconds: Type.Number({ minimum: 0, description: 'Between its two scrapes' }),
    scrapes: Type.Integer({ minimum: 2, description: 'In the window, both ends among them' }),
    requestsPerSecond: Type.Number({ minimum: 0 }),
  },
  closed,
)

export const ControlPlaneDetailsSchema = Type.Object(
  {
    source: Type.String({ description: 'Two scrapes, or which Prometheus' }),
    servers: Type.Array(ServerSeenSchema),
    connections: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  closed,
)

export type ControlPlaneDetails = Static<typeof ControlPlaneDetailsSchema>
export type ServerSeen = Static<typeof ServerSeenSchema>

/** Undefined where the record is of another kind, or the run ended before. */
export function controlPlaneDetails({ kind, details }: RunRecord): ControlPlaneDetails | undefined {
  return kind === 'control-plane' && Array.isArray(details.servers) ? (details as ControlPlaneDetails) : undefined
}
