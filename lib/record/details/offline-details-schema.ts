import { Type } from '@sinclair/typebox'

// The details of commands that measure no cluster, as far as whoever reads such a record back has to rely on them. Their
// types are in compare-details.ts and lint-details.ts.

const Texts = Type.Array(Type.String())
const Numbers = Type.Array(Type.Number())

const Difference = Type.Object({ what: Type.String(), base: Type.String(), next: Type.String() })
const Side = Type.Object({ name: Type.String(), runs: Type.Array(Type.Object({ runId: Type.String() })) })

const Series = { metric: Type.String(), labels: Type.Record(Type.String(), Type.String()) }

const Figure = Type.Object({
  ...Series,
  statistic: Type.String(),
  unit: Type.String(),
  base: Numbers,
  next: Numbers,
  baseMedian: Type.Number(),
  nextMedian: Type.Number(),
  change: Type.Object({
    kind: Type.Union([Type.Literal('ratio'), Type.Literal('difference')]),
    estimate: Type.Number(),
    interval: Type.Optional(Type.Tuple([Type.Number(), Type.Number()])),
  }),
  p: Type.Optional(Type.Number()),
  adjustedP: Type.Optional(Type.Number()),
  gates: Type.Boolean(),
  verdict: Type.String(),
})

export const CompareDetailsSchema = Type.Object({
  measuredKind: Type.String(),
  comparisons: Type.Array(
    Type.Object({
      unit: Type.String(),
      base: Side,
      next: Side,
      figures: Type.Array(Figure),
      onlyBase: Texts,
      onlyNext: Texts,
      incomparable: Type.Optional(Type.Array(Type.Object({ ...Series, baseSources: Texts, nextSources: Texts }))),
      ungated: Type.Optional(Texts),
      unlikeParameters: Type.Array(Difference),
      unlikeEnvironments: Type.Array(Difference),
    }),
  ),
})

export const LintDetailsSchema = Type.Object({
  ciliumVersion: Type.String(),
  chartRelease: Type.String(),
  files: Texts,
  keys: Type.Number(),
  problems: Type.Array(
    Type.Object({
      file: Type.String(),
      line: Type.Number(),
      path: Type.String(),
      severity: Type.String(),
      code: Type.String(),
      message: Type.String(),
      advice: Type.Optional(Type.String()),
    }),
  ),
})
