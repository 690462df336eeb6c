import { type Static, Type } from '@sinclair/typebox'

const HistogramSchema = Type.Object({
  Count: Type.Integer(),
  // All in seconds.
  Min: Type.Number(),
  Max: Type.Number(),
  Avg: Type.Number(),
  Data: Type.Union([
    Type.Null(),
    Type.Array(Type.Object({ Start: Type.Number(), End: Type.Number(), Count: Type.Integer() })),
  ]),
})

/** The JSON of `fortio load`, as far as it is read. */
export const FortioOutputSchema = Type.Object({
  Version: Type.String(),
  /** A number, or "max". */
  RequestedQPS: Type.String(),
  /** In nanoseconds. */
  ActualDuration: Type.Number(),
  /** Failed requests too. */
  DurationHistogram: HistogramSchema,
  /** HTTP status, -1 for a connection that failed; gRPC: SERVING or ERROR. */
  RetCodes: Type.Record(Type.String(), Type.Integer()),
})

export type FortioHistogram = Static<typeof HistogramSchema>
