import type { SlowPod } from '../../record/details/density-details.ts'
import { quantile } from '../../stats/quantile.ts'
import { sortSamples } from '../../stats/sorted-samples.ts'
import type { MeasuredPod } from './measured-pods.ts'
import { STEPS, type Step } from './pod-steps.ts'

const HOW_MANY = 10

/** The ten pods that took longest to get ready, with the step that exceeds its median over all pods by most. */
export function slowestPods(pods: readonly MeasuredPod[]): SlowPod[] {
  const medians = new Map(STEPS.map((step) => [step, medianOf(pods, step)]))
  const byLatency = pods.toSorted((a, b) => readySeconds(b) - readySeconds(a))
  return byLatency.slice(0, HOW_MANY).map((measured) => {
    const { pod, steps } = measured
    const excesses = STEPS.flatMap((step) => {
      const seconds = steps[step]
      return seconds === undefined ? [] : [{ step, seconds, excessSeconds: seconds - (medians.get(step) ?? 0) }]
    })
    const [most] = excesses.toSorted((a, b) => b.excessSeconds - a.excessSeconds || b.seconds - a.seconds)
    return {
      namespace: pod.namespace,
      name: pod.name,
      ...(pod.node === undefined ? {} : { node: pod.node }),
      readySeconds: readySeconds(measured),
      ...(most === undefined ? {} : most),
    }
  })
}

function readySeconds({ steps }: MeasuredPod): number {
  return Object.values(steps).reduce((sum, seconds) => sum + seconds, 0)
}

/** A pod without the step took no time for it: most pull no image. */
function medianOf(pods: readonly MeasuredPod[], step: Step): number {
  return pods.length === 0 ? 0 : quantile(sortSamples(pods.map(({ steps }) => steps[step] ?? 0)), 0.5)
}
