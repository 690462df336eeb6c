import { type Static, Type } from '@sinclair/typebox'
import type { RunRecord } from '../run-record.ts'

// What `cilium maps --load` adds to the details of its record: the connections, and the maps over time.

const closed = { additionalProperties: false }
const Count = Type.Integer({ minimum: 0 })
const Time = Type.Number({ description: 'Seconds since the first connection; before it negative' })

const ClientSchema = Type.Object(
  {
    pod: Type.String(),
    node: Type.String(),
    opened: Count,
    failed: Count,
    probed: Type.Optional(Type.Integer({ minimum: 0, description: 'Of the held ones, at the end' })),
    answered: Type.Optional(Type.Integer({ minimum: 0, description: 'Of those that were probed' })),
  },
  closed,
)

const MapSeriesSchema = Type.Object(
  {
    node: Type.String(),
    map: Type.String(),
    points: Type.Array(
      Type.Object(
        { t: Time, entries: Type.Optional(Count), pressure: Type.Optional(Type.Number({ minimum: 0 })) },
        closed,
      ),
    ),
  },
  closed,
)

const OperationSeriesSchema = Type.Object(
  {
    node: Type.String(),
    map: Type.String(),
    operation: Type.String(),
    outcome: Type.String(),
    points: Type.Array(
      Type.Object({ t: Time, count: Type.Number({ minimum: 0, description: 'Since the agent started' }) }, closed),
    ),
  },
  closed,
)

const GrowthSchema = Type.Object(
  {
    node: Type.String(),
    map: Type.String(),
    before: Count,
    most: Count,
    capacity: Type.Optional(Count),
    perThousand: Type.Optional(
      Type.Number({ description: 'Entries for 1,000 connections; absent where the map was full or its figure is old' }),
    ),
    state: Type.Union([Type.Literal('grew'), Type.Literal('full'), Type.Literal('stale')], {
      description: 'full: no more fitted in; stale: Cilium did not count anew while the load lasted',
    }),
  },
  closed,
)

export const LoadDetailsSchema = Type.Object(
  {
    protocol: Type.Union([Type.Literal('tcp'), Type.Literal('udp')]),
    kind: Type.Union([Type.Literal('held'), Type.Literal('short')]),
    asked: Count,
    opened: Count,
    failed: Count,
    ratePerSecond: Type.Number({ minimum: 0 }),
    durationSeconds: Type.Number({ minimum: 0 }),
    clients: Type.Array(ClientSchema),
    servers: Type.Array(Type.Object({ pod: Type.String(), node: Type.String() }, closed)),
    connections: Type.Array(Type.Object({ t: Time, opened: Count }, closed), { description: 'Over time, all clients' }),
    maps: Type.Array(MapSeriesSchema, { description: 'Those whose figures changed' }),
    operations: Type.Array(OperationSeriesSchema, { description: 'Those that were made meanwhile' }),
    growth: Type.Array(GrowthSchema),
    missedReads: Type.Integer({ minimum: 0, description: 'Of an agent that did not answer in time' }),
  },
  closed,
)

export type LoadDetails = Static<typeof LoadDetailsSchema>
export type LoadClient = Static<typeof ClientSchema>
export type MapSeries = Static<typeof MapSeriesSchema>
export type OperationSeries = Static<typeof OperationSeriesSchema>
export type MapGrowth = Static<typeof GrowthSchema>

/** Of a record of `cilium maps --load`; undefined where it is of another kind. */
export function loadDetailsOf({ kind, details }: Pick<RunRecord, 'kind' | 'details'>): LoadDetails | undefined {
  return kind === 'cilium-maps' && typeof details.load === 'object' ? (details.load as LoadDetails) : undefined
}
