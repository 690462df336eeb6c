import { type Static, Type } from '@sinclair/typebox'
import { LEVELS } from '../accept-levels.ts'
import { type RunRecord, RunRecordSchema } from '../run-record.ts'

// What only accept has, beside the metrics: each item of the checklist with what it came to, and the evidence.

const closed = { additionalProperties: false }

export const RESULTS = ['pass', 'fail', 'no-data', 'not-applicable', 'not-permitted'] as const

const { thresholds, findings, phases } = RunRecordSchema.properties

const ItemSchema = Type.Object(
  {
    name: Type.String(),
    level: Type.Union(LEVELS.map((level) => Type.Literal(level))),
    description: Type.Optional(Type.String()),
    command: Type.String({
      description: 'What measured it: a command of kubectl perf, or a measuring of accept alone',
    }),
    parameters: Type.Record(Type.String(), Type.String(), { description: 'As the suite has them' }),
    result: Type.Union(RESULTS.map((result) => Type.Literal(result))),
    reason: Type.Optional(
      Type.String({
        description: 'Of all but pass; of not-applicable also how that was found out, of fail what was seen',
      }),
    ),
    thresholds,
    estimatedSeconds: Type.Number({
      minimum: 0,
      description: 'Said before; of items measured together, of all of them',
    }),
    durationSeconds: Type.Optional(
      Type.Number({
        minimum: 0,
        description: 'With its clean-up; absent: it was not begun. Of items measured together, of all of them',
      }),
    ),
    measuredWith: Type.Optional(
      Type.Array(Type.String(), { description: 'Other items that were measured by the same pods at the same time' }),
    ),
    findings,
    phases,
    details: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'As in the record of the command' }),
    ),
  },
  closed,
)

export const AcceptDetailsSchema = Type.Object({
  suite: Type.Object(
    { name: Type.String(), file: Type.String({ description: 'default: the one that is part of the program' }) },
    closed,
  ),
  strict: Type.Boolean({ description: 'Recommended and optional items count as required ones' }),
  estimatedSeconds: Type.Number({ minimum: 0 }),
  durationSeconds: Type.Number({
    minimum: 0,
    description: 'Of all items that were begun, to be compared with the estimate',
  }),
  items: Type.Array(ItemSchema),
})

export type ItemVerdict = (typeof RESULTS)[number]
export type AcceptItem = Static<typeof ItemSchema>
export type AcceptDetails = Static<typeof AcceptDetailsSchema>

/** Undefined: of a run that broke before the first item. */
export function acceptDetailsOf({ kind, details }: Pick<RunRecord, 'kind' | 'details'>): AcceptDetails | undefined {
  return kind === 'accept' && Array.isArray(details.items) ? (details as unknown as AcceptDetails) : undefined
}
