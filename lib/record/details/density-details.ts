import { type Static, Type } from '@sinclair/typebox'
import type { RunRecord } from '../run-record.ts'

// What only a density run has, beside the metrics: each pod by itself, so that reports can name the slow ones.

const closed = { additionalProperties: false }

const Milliseconds = Type.Number({ minimum: 0 })
const Timestamp = Type.String({
  format: 'date-time',
  description: 'RFC 3339, UTC, whole seconds as Kubernetes writes them',
})

const PodDetailSchema = Type.Object(
  {
    namespace: Type.String(),
    name: Type.String(),
    node: Type.Optional(Type.String({ description: 'Absent: not bound to a node' })),
    job: Type.Optional(Type.String({ description: 'Of a configuration with several jobs: which one made it' })),
    iteration: Type.Optional(Type.Integer({ minimum: 0, description: 'From 0; absent where it is not known' })),
    replica: Type.Optional(Type.Integer({ minimum: 1, description: 'From 1 within the iteration; absent likewise' })),
    ms: Type.Object(
      {
        scheduled: Type.Optional(Milliseconds),
        sandboxReady: Type.Optional(Milliseconds),
        initialized: Type.Optional(Milliseconds),
        started: Type.Optional(Milliseconds),
        containersReady: Type.Optional(Milliseconds),
        ready: Type.Optional(Milliseconds),
        deleted: Type.Optional(Milliseconds),
      },
      {
        ...closed,
        description:
          'Milliseconds from the create request (deleted: from the delete request) to the watch showing it; absent: not seen',
      },
    ),
    server: Type.Optional(
      Type.Object(
        {
          created: Timestamp,
          scheduled: Type.Optional(Timestamp),
          sandboxReady: Type.Optional(Timestamp),
          initialized: Type.Optional(Timestamp),
          started: Type.Optional(Timestamp),
          ready: Type.Optional(Timestamp),
        },
        { ...closed, description: "The cluster's own timestamps; absent: the pod's status was never complete" },
      ),
    ),
    events: Type.Optional(
      Type.Object(
        {
          volumesAttached: Type.Optional(Milliseconds),
          sandboxReady: Type.Optional(Milliseconds),
          started: Type.Optional(Milliseconds),
          pullWait: Type.Optional(Milliseconds),
          pull: Type.Optional(Milliseconds),
        },
        {
          ...closed,
          description:
            "What the kubelet's events tell: milliseconds from the create request; of all its images together how long pulls were waited for, and took",
        },
      ),
    ),
    churned: Type.Optional(Type.Literal(true, { description: 'Made by the churn, in place of another pod' })),
    notMeasured: Type.Optional(Type.String({ description: 'Why it has no figure for what the run waited for' })),
  },
  closed,
)

const JobDetailSchema = Type.Object(
  {
    name: Type.String(),
    startedAt: Type.String({ format: 'date-time' }),
    durationSeconds: Type.Number({
      minimum: 0,
      description: 'Until its pods were as far as it wanted, without clean-up',
    }),
    churn: Type.Optional(
      Type.Object(
        { startedAt: Type.String({ format: 'date-time' }), durationSeconds: Type.Number({ minimum: 0 }) },
        closed,
      ),
    ),
    config: Type.Record(Type.String(), Type.Unknown(), {
      description: "The job as the configuration has it, durations in nanoseconds: kube-burner's jobConfig",
    }),
  },
  closed,
)

const Seconds = Type.Number({ minimum: 0 })
const StepName = Type.Union(
  [
    Type.Literal('scheduled'),
    Type.Literal('sandboxReady'),
    Type.Literal('imagePulled'),
    Type.Literal('initialized'),
    Type.Literal('started'),
    Type.Literal('ready'),
  ],
  { description: 'A part of the way to Ready, by what it ends on' },
)

const SlowPodSchema = Type.Object(
  {
    namespace: Type.String(),
    name: Type.String(),
    node: Type.Optional(Type.String()),
    readySeconds: Seconds,
    step: Type.Optional(StepName),
    seconds: Type.Optional(Seconds),
    excessSeconds: Type.Optional(Type.Number({ description: 'Beyond the median of this step over all pods' })),
  },
  closed,
)

const SlowNodeSchema = Type.Object(
  {
    node: Type.String(),
    step: StepName,
    medianSeconds: Seconds,
    elsewhereSeconds: Type.Number({ minimum: 0, description: 'Median of the pods on all other nodes' }),
    pods: Type.Integer({ minimum: 1 }),
    elsewherePods: Type.Integer({ minimum: 1 }),
    p: Type.Number({
      minimum: 0,
      maximum: 1,
      description: "Of the one-sided Mann–Whitney U test, with Bonferroni's correction",
    }),
  },
  closed,
)

const loopDelay = { p99: Seconds, max: Seconds }

const LoopDelaySchema = Type.Object(
  { ...loopDelay, deletion: Type.Optional(Type.Object(loopDelay, closed)) },
  {
    ...closed,
    description: 'How late this program came to what was due while the load ran, in seconds, and while it was deleted',
  },
)

const ImagePullsSchema = Type.Object(
  {
    pulled: Type.Integer({ minimum: 0, description: 'Containers whose image was pulled' }),
    alreadyPresent: Type.Integer({ minimum: 0, description: 'Containers whose image was on the node' }),
    images: Type.Array(
      Type.Object(
        {
          image: Type.String(),
          pulls: Type.Integer({ minimum: 1 }),
          bytes: Type.Optional(Type.Integer({ minimum: 0, description: 'Its size, as the kubelet says' })),
        },
        closed,
      ),
    ),
  },
  closed,
)

const runDetails = {
  pods: Type.Array(PodDetailSchema),
  slowestPods: Type.Optional(Type.Array(SlowPodSchema, { description: 'The ten slowest to get ready' })),
  slowNodes: Type.Optional(Type.Array(SlowNodeSchema)),
  eventLoopDelay: Type.Optional(LoopDelaySchema),
  imagePulls: Type.Optional(ImagePullsSchema),
  uuid: Type.Optional(Type.String({ description: 'Of the label kube-burner.io/uuid, where objects carry it' })),
  jobs: Type.Optional(Type.Array(JobDetailSchema, { description: 'Of a kube-burner configuration, in their order' })),
}

export const DensityDetailsSchema = Type.Object({
  ...runDetails,
  repeats: Type.Optional(
    Type.Array(Type.Object(runDetails), {
      description:
        'With --repeat: the details of the second run and of those after it. Their phases end in " #2" and so on',
    }),
  ),
})

export type PodDetail = Static<typeof PodDetailSchema>
export type PodStep = keyof PodDetail['ms']
export type SlowPod = Static<typeof SlowPodSchema>
export type SlowNode = Static<typeof SlowNodeSchema>
export type ImagePulls = Static<typeof ImagePullsSchema>
export type JobDetail = Static<typeof JobDetailSchema>
export type DensityDetails = Static<typeof DensityDetailsSchema>

/** The details of each run of a density record: one, or more with --repeat; none where it is of another kind. */
export function densityRuns({ kind, details }: RunRecord): readonly Omit<DensityDetails, 'repeats'>[] {
  if (kind !== 'density' || !Array.isArray(details.pods)) return []
  const first = details as DensityDetails
  return [first, ...(first.repeats ?? [])]
}

/** Those of the only run, or of the first; undefined where there are none. */
export function densityDetails(record: RunRecord): Omit<DensityDetails, 'repeats'> | undefined {
  return densityRuns(record)[0]
}

/**
 * When the steps of a pod were over, in milliseconds from its create request: by the kubelet's events where there are any,
 * since a kubelet up to 1.34 writes sandbox and start into the status only with the readiness, else by the watch.
 */
export function stepTimes({ ms, events }: PodDetail): PodDetail['ms'] {
  const sandboxReady = events?.sandboxReady ?? ms.sandboxReady
  const started = events?.started ?? ms.started
  return {
    ...ms,
    ...(sandboxReady === undefined ? {} : { sandboxReady }),
    ...(started === undefined ? {} : { started }),
  }
}
