import { count, latency, type MetricDefinition } from './metric-definition.ts'

/** What a scheduler says of itself. */
export const schedulerCatalogue = {
  scheduler_attempt_latency: latency(
    'One attempt of the scheduler to place a pod, its binding included, by profile and result',
  ),
  scheduler_pod_latency: latency(
    'A pod entering the queue of the scheduler to its being bound, over all attempts; not the time that it is gated',
  ),
  scheduler_pending_pods: count('Pods in each queue of the scheduler, before the load and after it'),
} as const satisfies Record<string, MetricDefinition>
