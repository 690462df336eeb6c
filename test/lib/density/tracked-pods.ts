import type { MeasuredPod } from '../../../lib/density/assessment/measured-pods.ts'
import type { StepSeconds } from '../../../lib/density/assessment/pod-steps.ts'
import type { DensityRun } from '../../../lib/density/density-run.ts'
import type { PodEventFacts } from '../../../lib/density/instruments/pod-event-log.ts'
import type { TrackedPod } from '../../../lib/workload/pods/tracked-pod.ts'

/** A pod whose create request was sent at 0, with when it passed its milestones. */
export function trackedPod(
  name: string,
  passedMs: TrackedPod['passedMs'],
  parts: Partial<TrackedPod> = {},
): TrackedPod {
  return { namespace: 'ns', name, uid: name, sentMs: 0, controlled: false, seen: true, passedMs, ...parts }
}

export function measuredPod(name: string, node: string, steps: StepSeconds): MeasuredPod {
  return { pod: trackedPod(name, {}, { node }), steps }
}

export function facts(parts: Partial<PodEventFacts> = {}): PodEventFacts {
  return { pulls: [], imagesPresent: 0, warnings: new Map(), ...parts }
}

/** A run that waited for its pods to be ready, and saw these. */
export function runOfPods(pods: TrackedPod[], parts: Partial<DensityRun> = {}): DensityRun {
  return {
    phases: [],
    jobs: [],
    churns: [],
    planned: pods.length,
    pods,
    waitedFor: 'ready',
    deleteSentMs: new Map(),
    requests: [],
    readings: [],
    leftBehind: [],
    ...parts,
  }
}
