import { type Static, type TObject, type TProperties, Type } from '@sinclair/typebox'

// The run record is the one object behind every output; its JSON Schema is the source, the types follow from it.

const closed = <T extends TProperties>(properties: T, description?: string): TObject<T> =>
  Type.Object(properties, { additionalProperties: false, ...(description === undefined ? {} : { description }) })

const Timestamp = Type.String({ format: 'date-time', description: 'RFC 3339, UTC, milliseconds' })

const Outcome = Type.Union(
  [
    Type.Literal('passed'),
    Type.Literal('failed'),
    Type.Literal('no-data'),
    Type.Literal('aborted'),
    Type.Literal('error'),
  ],
  { description: 'failed: a threshold or verdict says no; no-data and error: a figure is missing or something broke' },
)

const Unit = Type.Union(
  [
    Type.Literal('s'),
    Type.Literal('B'),
    Type.Literal('bit/s'),
    Type.Literal('B/s'),
    Type.Literal('1/s'),
    Type.Literal('ratio'),
    Type.Literal('count'),
    Type.Literal('cores'),
  ],
  { description: 'Base units only; writers scale them for people' },
)

const Labels = Type.Record(Type.String(), Type.String())

const Statistics = closed(
  {
    value: Type.Optional(Type.Number({ description: 'The figure itself, where the metric has just one' })),
    count: Type.Optional(Type.Integer({ minimum: 0 })),
    min: Type.Optional(Type.Number()),
    mean: Type.Optional(Type.Number()),
    stddev: Type.Optional(Type.Number({ description: 'Sample standard deviation' })),
    ci95: Type.Optional(
      Type.Number({
        minimum: 0,
        description:
          "Of repeated measurements: the mean is known to ± this (95 %, Student's t), half the interval's width",
      }),
    ),
    p05: Type.Optional(Type.Number()),
    p50: Type.Optional(Type.Number()),
    p90: Type.Optional(Type.Number()),
    p95: Type.Optional(Type.Number()),
    p99: Type.Optional(Type.Number()),
    p999: Type.Optional(Type.Number()),
    max: Type.Optional(Type.Number()),
  },
  'Nearest-rank quantiles unless interpolated; a quantile is present only where the sample is large enough to carry it',
)

const Bucket = Type.Tuple([Type.Number(), Type.Union([Type.Number(), Type.Null()])], {
  description: 'Above the first, at most the second; null: beyond the highest bound of the histogram',
})

const Interpolated = closed(
  {
    p50: Type.Optional(Bucket),
    p90: Type.Optional(Bucket),
    p95: Type.Optional(Bucket),
    p99: Type.Optional(Bucket),
    p999: Type.Optional(Bucket),
    max: Type.Optional(Bucket),
  },
  "Of a server's histogram: quantiles are interpolated as Prometheus does, and each is known to lie in the bucket given here",
)

const Metric = closed({
  name: Type.String({ pattern: '^[a-z][a-z0-9_]*$' }),
  unit: Unit,
  labels: Labels,
  statistics: Statistics,
  samples: Type.Optional(Type.Array(Type.Number())),
  repeats: Type.Optional(
    Type.Array(Type.Integer({ minimum: 0 }), {
      description: 'Of a run that was repeated as a whole: how many of the samples each repeat has, in their order',
    }),
  ),
  histogram: Type.Optional(
    Type.Array(Type.Tuple([Type.Number(), Type.Integer()]), { description: '[upperBound, count] instead of samples' }),
  ),
  interpolated: Type.Optional(Interpolated),
  resolution: Type.Optional(Type.Number({ description: 'How fine a value can be, in the unit of the metric' })),
  source: Type.String({ description: 'Where the figure comes from: watch, status, client, apiserver-metrics …' }),
  window: Type.Optional(
    closed(
      { startedAt: Timestamp, durationSeconds: Type.Number({ minimum: 0 }) },
      'The time that the figure is of, where it is not that of the run; a state is that of its end',
    ),
  ),
})

const Phase = closed({
  name: Type.String(),
  startedAt: Timestamp,
  durationSeconds: Type.Number({ minimum: 0 }),
  count: Type.Optional(Type.Integer({ description: 'Objects the phase dealt with' })),
  note: Type.Optional(Type.String()),
})

const ThresholdResult = closed({
  expression: Type.String(),
  observed: Type.Union([Type.Number(), Type.Null()], { description: 'null: no data, which fails the threshold' }),
  unit: Type.Optional(Unit),
  passed: Type.Boolean(),
  series: Type.Optional(Labels),
})

const Finding = closed({
  severity: Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('error')]),
  code: Type.String({ pattern: '^[A-Z][A-Za-z0-9]*$' }),
  message: Type.String(),
  advice: Type.Optional(Type.String()),
  objects: Type.Optional(Type.Array(Type.String())),
  count: Type.Optional(Type.Integer({ minimum: 0 })),
})

/** So many points a series has at most: more than a screen has columns for. */
export const MOST_SERIES_POINTS = 1000
const MOST_SERIES = 500

const Point = Type.Tuple([Type.Number(), Type.Union([Type.Number(), Type.Null()])], {
  description: '[seconds since startedAt, value]; before the start it is negative; null: no data at that moment',
})

const Series = closed(
  {
    metric: Type.String({ pattern: '^[a-z][a-z0-9_]*$' }),
    unit: Unit,
    labels: Labels,
    source: Type.String({ description: 'Where it was read: the Prometheus and the way to it' }),
    resolutionSeconds: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, description: 'How often its source looks; what lies between is not known' }),
    ),
    points: Type.Array(Point, { maxItems: MOST_SERIES_POINTS, description: 'In the order of time' }),
  },
  'How something changed during the run, as somebody else watched it',
)

export const RunRecordSchema = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    kind: Type.String({ description: 'The command, e.g. density' }),
    runId: Type.String({ pattern: '^[a-z0-9]{6}$' }),
    tool: closed({ name: Type.Literal('kubectl-perf'), version: Type.String() }),
    startedAt: Timestamp,
    finishedAt: Timestamp,
    outcome: Outcome,
    cluster: closed({
      serverVersion: Type.String(),
      nodes: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], { description: 'null: not readable' }),
      context: Type.String(),
      platform: Type.String(),
    }),
    parameters: Type.Record(Type.String(), Type.Unknown()),
    phases: Type.Array(Phase),
    metrics: Type.Array(Metric),
    thresholds: Type.Array(ThresholdResult),
    findings: Type.Array(Finding),
    series: Type.Optional(Type.Array(Series, { maxItems: MOST_SERIES })),
    details: Type.Record(Type.String(), Type.Unknown()),
  },
  {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'kubectl-perf run record',
    additionalProperties: false,
  },
)

export type RunRecord = Static<typeof RunRecordSchema>
export type Outcome = Static<typeof Outcome>
export type Unit = Static<typeof Unit>
export type Statistics = Static<typeof Statistics>
export type Metric = Static<typeof Metric>
export type Phase = Static<typeof Phase>
export type ThresholdResult = Static<typeof ThresholdResult>
export type Finding = Static<typeof Finding>
export type Series = Static<typeof Series>
