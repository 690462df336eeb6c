import { type Static, Type } from '@sinclair/typebox'
import type { RunRecord } from '../run-record.ts'

// What only a run of ces-compare has, beside the metrics: the rows of its tables, and where each comes from.

const closed = { additionalProperties: false }

const Count = Type.Integer({ minimum: 0 })
const Events = Type.Object({ events: Count, bytes: Count }, closed)
const Basis = Type.Union([Type.Literal('measured'), Type.Literal('simulated')], {
  description: 'simulated: what an operator would have written for the same changes of endpoints',
})
const KindName = Type.Union([Type.Literal('cep'), Type.Literal('ces')])

const RowSchema = Type.Object(
  {
    kind: KindName,
    basis: Basis,
    isSpare: Type.Optional(
      Type.Literal(true, { description: 'Beside a measured row: what the simulation says of the same' }),
    ),
    ...Events.properties,
    byType: Type.Object({ ADDED: Events, MODIFIED: Events, DELETED: Events }, closed),
    objects: Type.Optional(Count),
    listBytes: Type.Optional(Count),
    listSeconds: Type.Optional(Type.Number({ minimum: 0 })),
  },
  { ...closed, description: 'Events of what is measured; objects and list of the whole cluster' },
)

const Shares = Type.Object(
  {
    events: Type.Optional(Type.Number()),
    bytes: Type.Optional(Type.Number()),
    relist: Type.Optional(Type.Number()),
    objects: Type.Optional(Type.Number()),
  },
  { ...closed, description: 'Each a question of its own; below 0 slices cost more' },
)

const FanOutSchema = Type.Object(
  {
    nodes: Count,
    withoutSlices: Events,
    withSlices: Events,
    relist: Type.Optional(Type.Object({ withoutSlicesBytes: Count, withSlicesBytes: Count }, closed)),
  },
  closed,
)

export const CesDetailsSchema = Type.Object(
  {
    slices: Type.Object({ basis: Basis, because: Type.String({ description: 'How it is known' }) }, closed),
    crd: Type.Object(
      {
        endpoints: Type.String(),
        slices: Type.Optional(Type.String()),
        schemaVersion: Type.Optional(Type.String({ description: 'That Cilium wrote on the CRD of the slices' })),
      },
      { ...closed, description: 'Versions of the API' },
    ),
    operator: Type.Object(
      {
        version: Type.Optional(Type.String()),
        deployment: Type.Optional(Type.String({ description: 'namespace/name' })),
        replicas: Type.Optional(Count),
        ready: Type.Optional(Count),
        rules: Type.Object(
          {
            sliceSize: Count,
            sliceMode: Type.Union([Type.Literal('fcfs'), Type.Literal('identity')]),
            perSecond: Type.Optional(Type.Number({ minimum: 0 })),
            burst: Type.Optional(Type.Number({ minimum: 0 })),
            possibleRates: Type.Optional(
              Type.Array(Type.Number({ minimum: 0 }), {
                description: 'In place of both: slices per second by the number of nodes, which is not known',
              }),
            ),
            syncDelaySeconds: Type.Number({ minimum: 0 }),
            delays: Type.Union([Type.Literal('together'), Type.Literal('each')]),
          },
          { ...closed, description: 'By its flags and its version; those of the newest version where it is not known' },
        ),
        unreadable: Type.Array(Type.String()),
      },
      closed,
    ),
    rows: Type.Array(RowSchema),
    saved: Shares,
    breakEven: Type.Optional(
      Type.Number({ minimum: 0, description: 'Events of endpoints that weigh as much as one of a slice' }),
    ),
    verdict: Type.Array(Type.String()),
    steps: Type.Array(
      Type.Object(
        {
          name: Type.String(),
          durationSeconds: Type.Number({ minimum: 0 }),
          cep: Events,
          ces: Events,
          simulated: Type.Optional(Events),
          backlog: Count,
        },
        { ...closed, description: 'backlog: changes that no slice carried at its end' },
      ),
    ),
    changes: Type.Object(
      {
        carried: Count,
        uncarried: Type.Integer({ minimum: 0, description: 'Of no concern to slices, such as one of the state alone' }),
        cancelled: Type.Integer({ minimum: 0, description: 'Undone before a slice carried them' }),
      },
      { ...closed, description: 'Changes of endpoints' },
    ),
    fill: Type.Array(Type.Object({ from: Count, to: Count, slices: Count }, closed), {
      description: 'How many slices have so many endpoints, both bounds included',
    }),
    fanOut: Type.Object(
      {
        formula: Type.Object({ withoutSlices: Type.String(), withSlices: Type.String() }, closed),
        relistFormula: Type.Object({ withoutSlices: Type.String(), withSlices: Type.String() }, closed),
        listsAtStart: Count,
        rows: Type.Array(FanOutSchema),
      },
      { ...closed, description: 'Modelled: N nodes, L lists of an agent when it starts' },
    ),
    timeline: Type.Object(
      { startSecond: Count, cep: Type.Array(Count), ces: Type.Array(Count) },
      { ...closed, description: 'Events in each second since the start of the run' },
    ),
    resourceVersions: Type.Optional(
      Type.Object(
        { first: Type.String(), last: Type.String(), spent: Type.Optional(Count) },
        { ...closed, description: "Before and after; spent: changes of any object of the cluster's in between" },
      ),
    ),
    apiServer: Type.Optional(
      Type.Object(
        {
          events: Type.Object({ cep: Type.Optional(Count), ces: Type.Optional(Count) }, closed),
          watchers: Type.Object({ cep: Type.Optional(Count), ces: Type.Optional(Count) }, closed),
        },
        { ...closed, description: 'By the counters of the one API server that was asked' },
      ),
    ),
    otherEvents: Type.Integer({ minimum: 0, description: 'Of both kinds, in other namespaces: not in the rows' }),
    slicesLeft: Type.Array(Type.String(), { description: 'Slices of what was created that nobody has removed' }),
  },
  // Beside them what all runs have: connections, cleanUpCommand.
  { additionalProperties: true },
)

export type CesDetails = Static<typeof CesDetailsSchema>
export type CesRow = CesDetails['rows'][number]

/** The details of a record, if it is one of ces-compare. */
export function cesDetails({ kind, details }: Pick<RunRecord, 'kind' | 'details'>): CesDetails | undefined {
  return kind === 'ces-compare' ? (details as unknown as CesDetails) : undefined
}
