import { type Static, Type } from '@sinclair/typebox'
import {
  AcrossPairsSchema,
  BitsPerSecond,
  closed,
  type DatagramsSchema,
  EstimateSchema,
  FlowDirection,
  flowFigures,
  GoodputSchema,
  HostShareSchema,
  Index,
  type LatencySchema,
  PairFlowSchema,
  requestFigures,
  Seconds,
  Side,
  VerdictSchema,
  WorstPairSchema,
} from '../netperf-figures.ts'
import type { RunRecord } from '../run-record.ts'

// What only a netperf run has, beside the metrics: one row for each test, with its pairs, the reason for the number and
// what is missing.

const FlowRowSchema = Type.Object(
  {
    direction: FlowDirection,
    total: Type.Optional(
      Type.Object(EstimateSchema.properties, { ...closed, description: 'All pairs at once; a mesh has none' }),
    ),
    acrossPairs: Type.Optional(AcrossPairsSchema),
    worstPair: Type.Optional(WorstPairSchema),
    ...flowFigures,
    goodput: Type.Optional(GoodputSchema),
    hostShare: Type.Optional(HostShareSchema),
    verdict: VerdictSchema,
    pairs: Type.Array(PairFlowSchema),
  },
  closed,
)

const RequestRowSchema = Type.Object(
  {
    total: Type.Optional(EstimateSchema),
    acrossPairs: Type.Optional(AcrossPairsSchema),
    worstPair: Type.Optional(WorstPairSchema),
    ...requestFigures,
    openLoop: Type.Optional(
      Type.Object(
        {
          requestedPerSecond: Type.Number({ minimum: 0, description: 'Of one pair, the mean' }),
          kept: Type.Integer({ minimum: 0, description: 'Samples of pairs that kept at least 95 % of it' }),
          samples: Type.Integer({ minimum: 1 }),
        },
        {
          ...closed,
          description: 'Requests sent at a fixed rate; without it a stall delays also the requests behind it',
        },
      ),
    ),
    hostShare: Type.Optional(HostShareSchema),
    verdict: VerdictSchema,
    pairs: Type.Array(Type.Object({ pair: Index, ...requestFigures, verdict: VerdictSchema }, closed)),
  },
  closed,
)

const ParametersSchema = Type.Object(
  {
    engine: Type.String(),
    protocol: Type.String(),
    mode: Type.String(),
    path: Type.String(),
    placement: Type.String(),
    direction: Type.String(),
    ipFamily: Type.Union([Type.Literal(4), Type.Literal(6)]),
    streams: Type.Integer({ minimum: 1 }),
    mssBytes: Type.Optional(Type.Integer()),
    messageBytes: Type.Optional(Type.Integer()),
    bitsPerSecond: Type.Optional(Type.Union([Type.Number(), Type.Literal('max')])),
    connections: Type.Optional(Type.Integer()),
    requestsPerSecond: Type.Optional(Type.Number()),
    isBaseline: Type.Boolean(),
  },
  { ...closed, description: 'As in force, for each pair' },
)

const sampleOfPair = { pair: Index, sample: Index }

const RowSchema = Type.Object(
  {
    parameters: ParametersSchema,
    labels: Type.Record(Type.String(), Type.String(), { description: "Of the row's metrics" }),
    pairs: Type.Array(Index, { description: 'Of the pairs below' }),
    samples: Type.Object(
      { measured: Index, expected: Index },
      { ...closed, description: 'Of all pairs; a sample that is missing has its reason among the failures' },
    ),
    tools: Type.Array(Type.String(), { description: 'As they name themselves' }),
    measuredSeconds: Type.Optional(
      Type.Number({ minimum: 0, description: 'How long a sample was measured, without the warm-up: the shortest' }),
    ),
    mss: Type.Optional(
      Type.Object({ askedBytes: Type.Optional(Type.Integer()), effectiveBytes: Type.Array(Type.Integer()) }, closed),
    ),
    congestionControl: Type.Optional(Type.Array(Type.String())),
    startSpread: Type.Optional(Type.Object({ maxSeconds: Seconds, resolutionSeconds: Seconds }, closed)),
    flows: Type.Array(FlowRowSchema),
    requests: Type.Optional(RequestRowSchema),
    failures: Type.Array(Type.Object({ ...sampleOfPair, code: Type.String(), message: Type.String() }, closed)),
    searches: Type.Array(
      Type.Object(
        {
          ...sampleOfPair,
          tries: Type.Array(Type.Object({ bitsPerSecond: BitsPerSecond, loss: Type.Number() }, closed)),
        },
        { ...closed, description: 'How the highest rate with little enough loss was found' },
      ),
    ),
    throttling: Type.Array(Type.Object({ ...sampleOfPair, side: Side, periods: Index, seconds: Seconds }, closed), {
      description: 'Samples in which a CPU limit held a pod back',
    }),
  },
  closed,
)

const EndpointSchema = Type.Object(
  {
    namespace: Type.String(),
    pod: Type.String(),
    node: Type.String(),
    zone: Type.Optional(Type.String()),
    hostNetwork: Type.Boolean(),
    addresses: Type.Array(Type.String()),
    nodeAddresses: Type.Array(Type.String()),
    kernel: Type.Optional(Type.String()),
    interfaceName: Type.Optional(Type.String()),
    mtuBytes: Type.Optional(Type.Integer()),
    gsoMaxBytes: Type.Optional(Type.Integer()),
    groMaxBytes: Type.Optional(Type.Integer()),
    linkBitsPerSecond: Type.Optional(BitsPerSecond),
    ingressLimitBitsPerSecond: Type.Optional(BitsPerSecond),
    egressLimitBitsPerSecond: Type.Optional(BitsPerSecond),
  },
  { ...closed, description: 'A pod with what is known of its node and interface' },
)

const PairSchema = Type.Object(
  {
    client: EndpointSchema,
    server: EndpointSchema,
    ports: Type.Array(
      Type.Object(
        { engine: Type.String(), ipFamily: Type.Union([Type.Literal(4), Type.Literal(6)]), port: Type.Integer() },
        closed,
      ),
      { description: 'Where servers of this pair listen in their pod' },
    ),
  },
  closed,
)

const PathMtuSchema = Type.Object(
  {
    pair: Index,
    clientNode: Type.String(),
    serverNode: Type.String(),
    bytes: Type.Integer({ minimum: 1, description: 'The largest packet that arrives unfragmented' }),
    interfaceBytes: Type.Integer({ minimum: 1 }),
    ipFamily: Type.Union([Type.Literal(4), Type.Literal(6)]),
  },
  closed,
)

export const NetperfDetailsSchema = Type.Object({
  rows: Type.Array(RowSchema, { description: 'One for each test' }),
  pairs: Type.Array(PairSchema),
  pathMtus: Type.Array(PathMtuSchema),
  slow: Type.Array(
    Type.Object(
      {
        row: Index,
        kind: Type.Union([
          Type.Literal('node'),
          Type.Literal('sending-node'),
          Type.Literal('receiving-node'),
          Type.Literal('pair'),
        ]),
        nodes: Type.Array(Type.String(), { description: 'One; of a pair the client and the server' }),
        pair: Type.Optional(Index),
        median: Type.Number(),
        elsewhere: Type.Number({ description: 'Median of the other pairs' }),
        pairs: Type.Integer({ minimum: 1 }),
        p: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'Corrected for all comparisons' })),
      },
      closed,
    ),
    { description: 'Nodes and pairs that an outlier test names' },
  ),
  cluster: Type.Object(
    {
      kubeProxyMode: Type.Optional(Type.String()),
      encryption: Type.Optional(Type.String()),
      encapsulation: Type.Optional(Type.String()),
    },
    closed,
  ),
})

export type NetperfDetails = Static<typeof NetperfDetailsSchema>
export type NetperfRow = Static<typeof RowSchema>
export type FlowRow = Static<typeof FlowRowSchema>
export type PairFlow = Static<typeof PairFlowSchema>
export type RequestRow = Static<typeof RequestRowSchema>
export type Estimate = Static<typeof EstimateSchema>
export type AcrossPairs = Static<typeof AcrossPairsSchema>
export type WorstPair = Static<typeof WorstPairSchema>
export type Goodput = Static<typeof GoodputSchema>
export type HostShare = Static<typeof HostShareSchema>
export type Verdict = Static<typeof VerdictSchema>
export type SlowPart = NetperfDetails['slow'][number]
export type Datagrams = Static<typeof DatagramsSchema>
export type RequestLatency = Static<typeof LatencySchema>

/** Of a netperf record; undefined where it is of another kind. */
export function netperfDetailsOf({ kind, details }: RunRecord): NetperfDetails | undefined {
  return kind === 'netperf' && Array.isArray(details.rows) ? (details as NetperfDetails) : undefined
}
