import { type Static, Type } from '@sinclair/typebox'

// What is known of the eBPF maps of one Cilium agent: the rows that a record of `cilium maps` is made of.

export const closed = { additionalProperties: false }

const Count = Type.Integer({ minimum: 0 })
const Seconds = Type.Number({ minimum: 0 })
const Bytes = Type.Number({ minimum: 0 })
const PerSecond = Type.Number({ minimum: 0 })

const literals = <T extends string>(values: readonly T[], description?: string) =>
  Type.Union(
    values.map((value) => Type.Literal(value)),
    description === undefined ? {} : { description },
  )

const MapKindSchema = literals([
  'conntrack',
  'nat',
  'neighbour',
  'socket',
  'load-balancer',
  'policy',
  'ipcache',
  'endpoint',
  'fragment',
  'auth',
  'node',
  'egress',
  'other',
] as const)

const WhenFullSchema = literals(
  ['evicts', 'fails', 'unknown'] as const,
  'evicts: the kernel throws other entries out; fails: new entries are refused',
)

const BasisSchema = literals(
  ['pressure', 'zero', 'below', 'gc', 'counted', 'none'] as const,
  'Where `used` is from. pressure: the pressure metric times the capacity; zero: this version leaves the metric out at 0; ' +
    'below: left out below a threshold; gc: alive at the last garbage collection; counted: entries counted in the kernel; ' +
    'none: Cilium does not report this map, see `missing`',
)

const SizeOriginSchema = literals(
  ['explicit', 'dynamic', 'floor', 'ceiling', 'capped', 'clamped', 'default', 'fixed', 'unknown'] as const,
  "explicit: set in the configuration; dynamic: by the node's memory; floor, ceiling: the least and most that the dynamic " +
    'formula gives; capped: NAT at two thirds of both connection tracking tables; clamped: set, but out of bounds',
)

export const ConfiguredSizeSchema = Type.Object(
  {
    entries: Count,
    origin: SizeOriginSchema,
    flag: Type.Optional(Type.String({ description: 'Key of the ConfigMap cilium-config: bpf-lb-map-max' })),
    helmKey: Type.Optional(Type.String({ description: 'In the values of the chart of this version: bpf.lbMapMax' })),
    note: Type.Optional(Type.String()),
  },
  closed,
)

export const MapOperationsSchema = Type.Object(
  {
    operation: Type.String(),
    outcome: Type.String(),
    count: Type.Number({ minimum: 0, description: 'Since the agent started' }),
    perSecond: Type.Optional(Type.Number({ minimum: 0, description: 'Between two reads of the same agent process' })),
  },
  closed,
)

export const MapReadingSchema = Type.Object(
  {
    map: Type.String({ description: 'The name without the prefix cilium_, the same in all versions: lb4_services_v2' }),
    pinned: Type.String({ description: 'As this version pins it: cilium_ipcache_v2, cilium_policy_v2_*' }),
    kind: MapKindSchema,
    type: Type.Optional(Type.String({ description: "The kernel's: lru_hash, hash, lpm_trie …" })),
    whenFull: WhenFullSchema,
    basis: BasisSchema,
    used: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Entries; above the capacity: so many are wanted, the rest is refused' }),
    ),
    capacity: Type.Optional(Count),
    pressure: Type.Optional(Type.Number({ minimum: 0, description: 'used ÷ capacity' })),
    pressureAtMost: Type.Optional(Type.Number({ minimum: 0, description: 'Where basis is below' })),
    missing: Type.Optional(Type.String({ description: 'Why there is no figure' })),
    freshness: Type.Optional(Type.String({ description: 'How old the figure may be' })),
    doubt: Type.Optional(Type.String({ description: 'Why this version may tell a wrong pressure' })),
    configured: Type.Optional(ConfiguredSizeSchema),
    memory: Type.Optional(
      Type.Object(
        { bytes: Bytes, source: literals(['kernel', 'computed'] as const, 'computed: from entry sizes and capacity') },
        closed,
      ),
    ),
    operations: Type.Array(MapOperationsSchema),
  },
  closed,
)

const ConntrackEntriesSchema = Type.Object(
  { family: Type.String(), protocol: Type.String(), status: Type.String(), count: Type.Number({ minimum: 0 }) },
  closed,
)

const CollectionSchema = Type.Object(
  {
    family: Type.String(),
    protocol: Type.String(),
    completed: Type.Number({ minimum: 0 }),
    uncompleted: Type.Number({ minimum: 0 }),
    perSecond: Type.Optional(PerSecond),
    meanSeconds: Type.Optional(Type.Number({ minimum: 0, description: 'Of a run, over all runs since the start' })),
    p90Seconds: Type.Optional(Type.Number({ minimum: 0, description: 'Of a run; `metrics list` from 1.17 on' })),
  },
  closed,
)

const TimeoutSchema = Type.Object(
  {
    flag: Type.String(),
    what: Type.String({ description: 'Which entries: TCP, TCP before the handshake is done …' }),
    seconds: Seconds,
    source: literals(['configuration', 'default'] as const),
  },
  closed,
)

export const ConntrackSchema = Type.Object(
  {
    entries: Type.Array(ConntrackEntriesSchema, { description: 'At the last garbage collection' }),
    collections: Type.Array(CollectionSchema),
    intervalSeconds: Type.Optional(Seconds),
    intervalSource: literals(['metric', 'configuration', 'adaptive', 'unknown'] as const),
    maxIntervalSeconds: Type.Optional(Seconds),
    interval: Type.String({ description: 'In words, with its bounds' }),
    timeouts: Type.Array(TimeoutSchema),
    dumpResets: Type.Optional(Type.Number({ minimum: 0, description: 'Dumps that the kernel interrupted' })),
  },
  closed,
)

export const DropSchema = Type.Object(
  {
    reason: Type.String(),
    direction: Type.String(),
    packets: Type.Number({ minimum: 0, description: 'Since the agent started' }),
    perSecond: Type.Optional(PerSecond),
  },
  closed,
)

const SourcePortsSchema = Type.Object(
  {
    family: Type.String(),
    share: Type.Number({
      minimum: 0,
      description: 'Of all source ports, by the busiest egress address and remote end',
    }),
  },
  { ...closed, description: 'NAT: a bigger map does not help where these run out' },
)

export const AgentIdentitySchema = Type.Object(
  {
    node: Type.String(),
    namespace: Type.String(),
    pod: Type.String(),
    container: Type.String(),
    image: Type.Optional(Type.String()),
  },
  closed,
)

export const AgentReadingSchema = Type.Object(
  {
    agent: AgentIdentitySchema,
    version: Type.Optional(Type.String({ description: 'Of the agent: 1.18.3; absent: it does not tell' })),
    source: Type.String({ description: 'exec, metrics …' }),
    readAt: Type.String({ format: 'date-time' }),
    startedAt: Type.Optional(Type.String({ format: 'date-time', description: 'Of the process of the agent' })),
    isRestarted: Type.Optional(Type.Literal(true, { description: 'Since the read before: its counters began anew' })),
    countsNoOperations: Type.Optional(
      Type.Literal(true, { description: 'It tells no operations on maps: which of them failed is not known' }),
    ),
    kernel: Type.Optional(Type.String()),
    cpus: Type.Optional(Type.Number({ minimum: 0 })),
    memoryTotalBytes: Type.Optional(Bytes),
    memoryAvailableBytes: Type.Optional(Bytes),
    mapMemoryBytes: Type.Optional(Type.Number({ minimum: 0, description: 'All maps, as the agent tells it' })),
    dynamicSizeRatio: Type.Optional(Type.Number({ minimum: 0, description: '0: off' })),
    preallocatesMaps: Type.Optional(
      Type.Boolean({ description: 'Whether hashes other than LRU take the memory of all entries at once' }),
    ),
    families: Type.Array(literals(['ipv4', 'ipv6'] as const)),
    maps: Type.Array(MapReadingSchema),
    conntrack: ConntrackSchema,
    sourcePorts: Type.Array(SourcePortsSchema),
    drops: Type.Array(DropSchema),
  },
  closed,
)

export type MapKind = Static<typeof MapKindSchema>
export type WhenFull = Static<typeof WhenFullSchema>
export type SizeOrigin = Static<typeof SizeOriginSchema>
export type ConfiguredSize = Static<typeof ConfiguredSizeSchema>
export type MapOperations = Static<typeof MapOperationsSchema>
export type MapReading = Static<typeof MapReadingSchema>
export type Conntrack = Static<typeof ConntrackSchema>
export type Drop = Static<typeof DropSchema>
export type AgentIdentity = Static<typeof AgentIdentitySchema>
export type AgentReading = Static<typeof AgentReadingSchema>
