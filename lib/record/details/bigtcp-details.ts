import { type Static, Type } from '@sinclair/typebox'
import type { RunRecord } from '../run-record.ts'

// What only a record of `cilium bigtcp` has: what each node says of BIG TCP, and what comes of it.

const closed = { additionalProperties: false }
const Bytes = Type.Integer({ minimum: 0 })

/** Sizes that are not there were not told: by an old kernel, or an old `ip`. */
const SizesSchema = Type.Object(
  { gsoBytes: Type.Optional(Bytes), groBytes: Type.Optional(Bytes) },
  { ...closed, description: 'How large a packet may be that the kernel handles as one' },
)

const DeviceSchema = Type.Object(
  {
    name: Type.String(),
    driver: Type.Optional(Type.String({ description: 'Of the device, or the kind of a virtual one' })),
    tsoMaxBytes: Type.Optional(Type.Integer({ minimum: 0, description: 'What its driver takes at most' })),
    ipv4: SizesSchema,
    ipv6: SizesSchema,
  },
  closed,
)

const BlockerSchema = Type.Object(
  {
    code: Type.Union([
      Type.Literal('Kernel'),
      Type.Literal('Driver'),
      Type.Literal('Tunnel'),
      Type.Literal('Encryption'),
      Type.Literal('KubeProxyReplacement'),
      Type.Literal('Masquerade'),
      Type.Literal('HostRouting'),
      Type.Literal('DatapathMode'),
      Type.Literal('DsrDispatch'),
    ]),
    text: Type.String(),
    fix: Type.Optional(Type.String({ description: 'Helm values that end it' })),
  },
  closed,
)

const FamilySchema = Type.Object(
  {
    ipFamily: Type.Union([Type.Literal(4), Type.Literal(6)]),
    state: Type.Union(
      [
        Type.Literal('on'),
        Type.Literal('partly-on'),
        Type.Literal('no-gain'),
        Type.Literal('off'),
        Type.Literal('unknown'),
      ],
      { description: 'no-gain: enabled, and packets are no larger than without it' },
    ),
    isWanted: Type.Boolean({ description: 'By the configuration, or by the agent' }),
    reason: Type.String(),
    advice: Type.Optional(Type.String()),
    agent: Type.Optional(
      Type.Object(
        { enabled: Type.Boolean(), gsoBytes: Bytes, groBytes: Bytes },
        { ...closed, description: 'What the agent says that it has set' },
      ),
    ),
    pods: Type.Optional(
      Type.Object(
        {
          big: Type.Integer({ minimum: 0 }),
          small: Type.Integer({ minimum: 0, description: 'At most 65536 bytes' }),
          unknown: Type.Integer({ minimum: 0 }),
        },
        {
          ...closed,
          description: "Interfaces of pods, by the sizes of the node's end; absent where none could be read",
        },
      ),
    ),
    blockers: Type.Array(BlockerSchema),
  },
  closed,
)

const NodeSchema = Type.Object(
  {
    node: Type.String(),
    pod: Type.String({ description: 'NAMESPACE/NAME of the agent' }),
    version: Type.Optional(Type.String({ description: 'Of Cilium' })),
    kernel: Type.Optional(Type.String()),
    devices: Type.Array(DeviceSchema),
    families: Type.Array(FamilySchema),
    faults: Type.Array(Type.String(), { description: 'What could not be read' }),
  },
  closed,
)

export const BigTcpDetailsSchema = Type.Object({ nodes: Type.Array(NodeSchema) })

export type BigTcpNode = Static<typeof NodeSchema>
export type BigTcpFamily = Static<typeof FamilySchema>
export type BigTcpDevice = Static<typeof DeviceSchema>
export type Blocker = Static<typeof BlockerSchema>
export type OffloadSizes = Static<typeof SizesSchema>
export type BigTcpDetails = Static<typeof BigTcpDetailsSchema>
export type IpFamily = BigTcpFamily['ipFamily']

/** Of a record of `cilium bigtcp`; undefined where it is of another kind. */
export function bigTcpDetailsOf({ kind, details }: RunRecord): BigTcpDetails | undefined {
  return kind === 'cilium-bigtcp' && Array.isArray(details.nodes) ? (details as BigTcpDetails) : undefined
}
