import { type Static, Type } from '@sinclair/typebox'
import { AgentIdentitySchema, AgentReadingSchema, closed, MapReadingSchema } from '../cilium-figures.ts'
import type { RunRecord } from '../run-record.ts'

// What only a record of `cilium maps` has, beside the metrics: what each agent told, the worst node of each map, what to
// change, and where there is no agent what the objects of the API allow to say.

const Count = Type.Integer({ minimum: 0 })
const { map, kind, type, whenFull, used, capacity, pressure } = MapReadingSchema.properties

const MapOfNodeSchema = Type.Object({ node: Type.String(), used, capacity, pressure }, closed)

export const MapAcrossNodesSchema = Type.Object(
  {
    map,
    kind,
    type,
    whenFull,
    worst: Type.Optional(
      Type.Object(MapOfNodeSchema.properties, { ...closed, description: 'The node with the highest pressure' }),
    ),
    minPressure: Type.Optional(pressure),
    maxPressure: Type.Optional(pressure),
    pressureAtMost: Type.Optional(
      Type.Number({ minimum: 0, description: 'Where no node tells more than that it is below' }),
    ),
    nodes: Type.Integer({ minimum: 1, description: 'That have this map' }),
    nodesWithFigure: Count,
    capacities: Type.Array(Count, { description: 'Each size that some node has, ascending' }),
    failedOperations: Type.Optional(
      Type.Number({
        minimum: 0,
        description: 'On all nodes, since the agents started; absent: none of them counts them',
      }),
    ),
    failedPerSecond: Type.Optional(Type.Number({ minimum: 0 })),
    memoryBytes: Type.Optional(Type.Number({ minimum: 0, description: 'On the node where it takes the most' })),
    state: Type.Union([Type.Literal('full'), Type.Literal('high'), Type.Literal('ok'), Type.Literal('unknown')], {
      description: 'full: fails and refuses entries, or evicts; high: near it; unknown: no figure',
    }),
    missing: Type.Optional(Type.String({ description: 'Why no node has a figure' })),
  },
  closed,
)

export const AgentFailureSchema = Type.Object(
  { agent: AgentIdentitySchema, error: Type.String(), advice: Type.Optional(Type.Array(Type.String())) },
  { ...closed, description: 'An agent that could not be read' },
)

export const SizeAdviceSchema = Type.Object(
  {
    maps: Type.Array(Type.String(), { minItems: 1 }),
    nodes: Type.Array(Type.String(), { minItems: 1, description: 'Where the map needs it, worst first' }),
    helps: Type.Boolean({ description: 'false: a bigger map does not help, or there is none' }),
    helmKey: Type.Optional(
      Type.String({ description: 'bpf.lbMapMax, or extraConfig.<flag> where the chart has no key' }),
    ),
    flag: Type.Optional(Type.String()),
    value: Type.Optional(Type.Number({ description: 'To set' })),
    currentValue: Type.Optional(Type.Number()),
    extraBytesPerNode: Type.Optional(
      Type.Number({ description: 'More kernel memory on the node where it takes the most, both IP families' }),
    ),
    extraBytesNote: Type.Optional(Type.String()),
    reason: Type.String(),
    disruption: Type.Optional(Type.String()),
    alternatives: Type.Array(Type.String()),
  },
  closed,
)

export const HeadroomSchema = Type.Object(
  {
    what: Type.String({ description: 'Entries of the load balancer (IPv4) …' }),
    used: Count,
    limit: Type.Optional(Count),
    share: Type.Optional(Type.Number({ minimum: 0 })),
    formula: Type.String(),
    limitSource: Type.Optional(Type.String()),
  },
  { ...closed, description: 'From objects of the API alone' },
)

export const CiliumMapsDetailsSchema = Type.Object({
  agents: Type.Array(AgentReadingSchema),
  failures: Type.Array(AgentFailureSchema),
  maps: Type.Array(MapAcrossNodesSchema, { description: 'Worst first' }),
  versions: Type.Array(Type.Object({ version: Type.String(), agents: Count }, closed)),
  advice: Type.Array(SizeAdviceSchema),
  headroom: Type.Array(HeadroomSchema),
})

export type MapAcrossNodes = Static<typeof MapAcrossNodesSchema>
export type AgentFailure = Static<typeof AgentFailureSchema>
export type SizeAdvice = Static<typeof SizeAdviceSchema>
export type Headroom = Static<typeof HeadroomSchema>
export type CiliumMapsDetails = Static<typeof CiliumMapsDetailsSchema>

/** Of a record of `cilium maps`; undefined where it is of another kind. */
export function ciliumMapsDetailsOf({ kind, details }: RunRecord): CiliumMapsDetails | undefined {
  return kind === 'cilium-maps' && Array.isArray(details.agents) ? (details as CiliumMapsDetails) : undefined
}
