import { Type } from '@sinclair/typebox'

// The figures that the rows of a netperf record are made of.

export const closed = { additionalProperties: false }

export const Index = Type.Integer({ minimum: 0 })
export const Seconds = Type.Number({ minimum: 0 })
export const BitsPerSecond = Type.Number({ minimum: 0 })
export const Side = Type.Union([Type.Literal('client'), Type.Literal('server')])
export const FlowDirection = Type.Union([Type.Literal('forward'), Type.Literal('reverse')], {
  description: 'forward: from client to server',
})

export const EstimateSchema = Type.Object(
  {
    count: Type.Integer({ minimum: 1 }),
    mean: Type.Number(),
    ci95: Type.Optional(Type.Number({ minimum: 0, description: 'The mean is known to ± this; absent for one sample' })),
    cv: Type.Optional(
      Type.Number({ minimum: 0, description: 'Coefficient of variation: stddev as a share of the mean' }),
    ),
  },
  { ...closed, description: 'Of repeated samples' },
)

export const AcrossPairsSchema = Type.Object(
  {
    pairs: Type.Integer({ minimum: 1 }),
    min: Type.Number(),
    p05: Type.Optional(Type.Number({ description: 'Absent below 20 pairs, as is p95: it would be the minimum' })),
    p50: Type.Number(),
    p95: Type.Optional(Type.Number()),
    max: Type.Number(),
    fairness: Type.Optional(Type.Number({ description: "Jain's index: 1 when all pairs get the same" })),
  },
  { ...closed, description: 'Over the figures of the pairs, each the median of its samples' },
)

export const WorstPairSchema = Type.Object(
  { pair: Index, value: Type.Number(), clientNode: Type.String(), serverNode: Type.String() },
  closed,
)

export const VerdictSchema = Type.Object(
  {
    limit: Type.Union(
      [
        Type.Literal('line-rate'),
        Type.Literal('receiver-buffer'),
        Type.Literal('bandwidth-limit'),
        Type.Literal('cpu-throttling'),
        Type.Literal('offered-rate'),
        Type.Literal('sender-cpu'),
        Type.Literal('receiver-cpu'),
        Type.Literal('window'),
        Type.Literal('loss'),
        Type.Literal('round-trip'),
        Type.Literal('network'),
        Type.Literal('unknown'),
      ],
      { description: 'offered-rate: no more was sent than that; unknown: there are no figures to tell from' },
    ),
    text: Type.String({ description: 'The same in a few words, with the number that proves it' }),
    isFloor: Type.Optional(
      Type.Literal(true, { description: 'What makes the traffic was the limit: the path can do more' }),
    ),
    advice: Type.Optional(Type.String()),
    evidence: Type.Array(Type.String(), { description: 'What it was judged by' }),
  },
  closed,
)

export const DatagramsSchema = Type.Object(
  {
    sent: Index,
    lost: Index,
    outOfOrder: Type.Optional(Index),
    loss: Type.Number({ minimum: 0, maximum: 1, description: 'Of all samples together' }),
    packetsPerSecond: EstimateSchema,
    jitterSeconds: EstimateSchema,
    oneWayLatencySeconds: Type.Optional(EstimateSchema),
  },
  closed,
)

const RttSchema = Type.Object(
  { minSeconds: Type.Optional(Seconds), meanSeconds: Type.Optional(Seconds), maxSeconds: Type.Optional(Seconds) },
  closed,
)

export const flowFigures = {
  throughput: Type.Optional(EstimateSchema),
  retransmitsPerSecond: Type.Optional(EstimateSchema),
  retransmitShare: Type.Optional(Type.Number({ minimum: 0, description: 'Segments sent again of all segments sent' })),
  rtt: Type.Optional(RttSchema),
  datagrams: Type.Optional(DatagramsSchema),
}

export const PairFlowSchema = Type.Object(
  {
    pair: Index,
    ...flowFigures,
    sentBitsPerSecond: Type.Optional(BitsPerSecond),
    senderCores: Type.Optional(Type.Number({ minimum: 0 })),
    receiverCores: Type.Optional(Type.Number({ minimum: 0 })),
    congestionWindowBytes: Type.Optional(Type.Number({ minimum: 0 })),
    verdict: VerdictSchema,
  },
  closed,
)

export const GoodputSchema = Type.Object(
  {
    linkBitsPerSecond: BitsPerSecond,
    linkSource: Type.Union([Type.Literal('option'), Type.Literal('interface')]),
    mtuBytes: Type.Integer({ minimum: 1 }),
    possibleShare: Type.Number({ description: 'Payload of each bit on the wire at most, with this MTU' }),
    possibleBitsPerSecond: BitsPerSecond,
    node: Type.String({ description: 'Whose link is the busiest' }),
    share: EstimateSchema,
  },
  { ...closed, description: 'Against what the link can carry; traffic within a node does not count' },
)

export const HostShareSchema = Type.Object(
  {
    row: Index,
    share: EstimateSchema,
    difference: Type.Object({ ...EstimateSchema.properties }, { ...closed, description: 'Less than the host network' }),
  },
  { ...closed, description: 'Against the row over the host network, sample by sample' },
)

export const LatencySchema = Type.Object(
  {
    count: Index,
    minSeconds: Type.Optional(Seconds),
    meanSeconds: Type.Optional(Seconds),
    p50: Type.Optional(Seconds),
    p90: Type.Optional(Seconds),
    p95: Type.Optional(Seconds),
    p99: Type.Optional(Seconds),
    p999: Type.Optional(Seconds),
    maxSeconds: Type.Optional(Seconds),
    resolutionSeconds: Seconds,
    histogram: Type.Optional(
      Type.Array(Type.Tuple([Seconds, Index]), { description: '[upper bound, count], ascending' }),
    ),
  },
  { ...closed, description: 'Seconds of a request, all samples together' },
)

export const requestFigures = {
  rate: Type.Optional(EstimateSchema),
  latency: Type.Optional(LatencySchema),
  errors: Type.Record(Type.String(), Type.Integer({ minimum: 0 }), { description: 'Requests by code or fault' }),
  completed: Index,
}
