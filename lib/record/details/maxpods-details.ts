import { type Static, Type } from '@sinclair/typebox'
import type { RunRecord } from '../run-record.ts'

// What only maxpods-check has, beside the metrics: each node with all that limits it, why pods are pending, and the plan
// for more.

const closed = { additionalProperties: false }
const Count = Type.Integer({ minimum: 0 })
const Texts = Type.Array(Type.String())

const LimitSchema = Type.Object(
  {
    name: Type.String({ description: 'kubelet maxPods, pod CIDR, Cilium IPAM …' }),
    pods: Type.Integer({ description: 'That it allows on the node, those that are there included' }),
    basis: Type.String(),
    binding: Type.Boolean({ description: 'false: a rule or recommendation that nothing on the node enforces' }),
  },
  closed,
)

const AmountSchema = Type.Object(
  { requested: Type.Number({ minimum: 0 }), allocatable: Type.Number({ minimum: 0 }) },
  closed,
)

const NodeSchema = Type.Object(
  {
    node: Type.String(),
    state: Type.Object(
      {
        ready: Type.Boolean(),
        cordoned: Type.Boolean(),
        taints: Type.Array(Type.String(), { description: 'key:Effect, of those that keep pods away' }),
        pressures: Texts,
      },
      closed,
    ),
    os: Type.String(),
    provider: Type.Optional(Type.String()),
    instanceType: Type.Optional(Type.String()),
    capacityPods: Type.Optional(Count),
    allocatablePods: Type.Optional(Count),
    running: Count,
    terminating: Count,
    mirror: Count,
    daemonSet: Count,
    hostNetwork: Count,
    refused: Type.Integer({ minimum: 0, description: 'Pods that its kubelet refused: OutOfpods' }),
    maximum: Type.Optional(Type.Integer({ description: 'Absent: the node does not say how many pods it takes' })),
    limitedBy: Type.Optional(Type.String()),
    free: Type.Optional(Type.Integer({ description: 'Below 0: more pods than the limit allows' })),
    limits: Type.Array(LimitSchema),
    cpu: Type.Object(AmountSchema.properties, { ...closed, description: 'Cores' }),
    memory: Type.Object(AmountSchema.properties, { ...closed, description: 'Bytes' }),
    kubelet: Type.Optional(
      Type.Object(
        {
          source: Type.Union([Type.Literal('configz'), Type.Literal('kubelet-config')], {
            description:
              "configz: the kubelet's own word; kubelet-config: the default that kubeadm gives to the cluster",
          }),
          settings: Type.Record(Type.String(), Type.Unknown()),
        },
        closed,
      ),
    ),
    kubeletUnknown: Type.Optional(Type.String({ description: 'Why the kubelet was not heard' })),
    unappliedPods: Type.Optional(
      Type.Integer({
        description: 'What the configuration of the kubelet allows, where the node reports something else',
      }),
    ),
    addresses: Type.Optional(
      Type.Object(
        {
          ipam: Type.String(),
          cidrs: Texts,
          usable: Type.Optional(Type.Number({ minimum: 0, description: 'Addresses for pods' })),
          used: Count,
          free: Type.Optional(Type.Number()),
          note: Type.Optional(Type.String()),
        },
        closed,
      ),
    ),
    volumes: Type.Array(Type.Object({ driver: Type.String(), limit: Count, attached: Type.Optional(Count) }, closed)),
  },
  closed,
)

const PendingSchema = Type.Object(
  {
    reason: Type.String(),
    count: Type.Integer({ minimum: 1 }),
    oldest: Type.String({ description: 'namespace/name' }),
    oldestSeconds: Type.Number({ minimum: 0 }),
    explanation: Type.String(),
  },
  closed,
)

const FitSchema = Type.Object(
  {
    count: Count,
    cpu: Type.Number({ minimum: 0 }),
    memory: Type.Number({ minimum: 0 }),
    most: Type.Integer({ minimum: 0, description: 'As many as have room: the largest deployment' }),
    fits: Type.Boolean(),
    onTaintedNodes: Count,
    nodes: Type.Array(Type.Object({ node: Type.String(), pods: Count, limitedBy: Type.String() }, closed)),
  },
  closed,
)

const ChangeSchema = Type.Object(
  { what: Type.String(), now: Type.String(), needed: Type.String(), why: Type.String() },
  closed,
)

const TargetSchema = Type.Object(
  {
    pods: Type.Integer({ minimum: 1 }),
    groups: Type.Array(
      Type.Object(
        {
          nodes: Texts,
          provider: Type.Optional(Type.String()),
          changes: Type.Array(ChangeSchema),
          instructions: Type.Array(
            Type.Object({ title: Type.String(), where: Type.String(), lines: Texts, afterwards: Texts }, closed),
          ),
          impossible: Texts,
        },
        closed,
      ),
    ),
    cluster: Type.Array(ChangeSchema),
    risks: Texts,
  },
  closed,
)

const VerificationSchema = Type.Object(
  {
    node: Type.String(),
    maximum: Type.Integer({ minimum: 0, description: 'What there should be room for' }),
    before: Count,
    created: Count,
    ready: Type.Integer({ minimum: 0, description: 'Of those that were created' }),
    running: Type.Integer({ minimum: 0, description: 'All pods of the node when it was full' }),
    further: Type.Optional(Type.String({ description: 'What became of one more pod' })),
    proven: Type.Boolean(),
  },
  closed,
)

export const MaxPodsDetailsSchema = Type.Object(
  {
    nodes: Type.Array(NodeSchema, { description: 'Those that were asked for; the figures of the cluster are of all' }),
    cluster: Type.Object(
      {
        nodes: Count,
        allocatable: Count,
        maximum: Type.Integer(),
        running: Count,
        free: Count,
        freeOnTainted: Type.Optional(
          Type.Integer({ minimum: 0, description: 'Of free, room on nodes with taints, for pods that tolerate them' }),
        ),
        freeElsewhere: Type.Integer({ minimum: 0, description: 'Room on nodes that are cordoned or not ready' }),
        cpu: AmountSchema,
        memory: AmountSchema,
      },
      closed,
    ),
    pending: Type.Array(PendingSchema),
    missing: Type.Array(Type.Object({ what: Type.String(), why: Type.String(), tells: Type.String() }, closed), {
      description: 'What was not found out, and what it would tell',
    }),
    fit: Type.Optional(FitSchema),
    target: Type.Optional(TargetSchema),
    verification: Type.Optional(VerificationSchema),
    instanceTableDate: Type.Optional(Type.String({ description: 'Of the figures of EC2 instance types, where used' })),
    cleanUpCommand: Type.Optional(Type.String()),
  },
  closed,
)

export type MaxPodsDetails = Static<typeof MaxPodsDetailsSchema>
export type NodeDetail = Static<typeof NodeSchema>
export type ChangeDetail = Static<typeof ChangeSchema>

/** Undefined where the record is of another kind, or the run ended before. */
export function maxPodsDetails({ kind, details }: RunRecord): MaxPodsDetails | undefined {
  return kind === 'maxpods-check' && Array.isArray(details.nodes) ? (details as MaxPodsDetails) : undefined
}
