import { type TObject, type TProperties, Type } from '@sinclair/typebox'
import { LEVELS } from '../../record/accept-levels.ts'

// The format of a suite file: its JSON Schema, by which the reader goes too.

/** What an item can be measured by: commands of kubectl perf, and what only accept measures. */
export const ITEM_COMMANDS = [
  'netperf',
  'density',
  'maxpods-check',
  'control-plane',
  'service-reachability',
  'dns-latency',
  'load-balancer',
  'network-policy',
] as const

const closed = <T extends TProperties>(properties: T, description: string): TObject<T> =>
  Type.Object(properties, { additionalProperties: false, description })

const Scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean()])

const ItemSchema = closed(
  {
    name: Type.String({
      pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$',
      description: 'Lower-case letters, digits and dashes; no other item has it',
    }),
    level: Type.Union(
      LEVELS.map((level) => Type.Literal(level)),
      { description: 'Only a required item decides the exit code; with --strict all do' },
    ),
    description: Type.Optional(Type.String({ description: 'What is asked, in a sentence' })),
    command: Type.Union(
      ITEM_COMMANDS.map((command) => Type.Literal(command)),
      { description: 'What measures it' },
    ),
    parameters: Type.Optional(
      Type.Record(Type.String(), Type.Union([Scalar, Type.Array(Scalar)]), {
        description: 'Options of the command, without the dashes: duration, samples, ratio …',
      }),
    ),
    thresholds: Type.Optional(
      Type.Array(Type.String(), {
        description: 'All must hold, as with --threshold; without any the item passes when it was measured',
      }),
    ),
    thresholdsWhereReported: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Must hold where there is such a figure, as of Cilium alone; without one they are left out',
      }),
    ),
    timeout: Type.Optional(
      Type.String({ description: 'Time of the whole item, clean-up not counted: 90s, 5m. Without it 5m' }),
    ),
    appliesWhen: Type.Optional(
      closed(
        { nodes: Type.Optional(Type.Integer({ minimum: 1, description: 'So many nodes take pods, at least' })) },
        'Where this does not hold the item does not apply',
      ),
    ),
  },
  'A question to the cluster',
)

export const SuiteSchema = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    description: Type.Optional(Type.String()),
    items: Type.Array(ItemSchema, { minItems: 1 }),
  },
  {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Suite of kubectl perf accept',
    additionalProperties: false,
  },
)

export type ItemCommand = (typeof ITEM_COMMANDS)[number]
