import type { MetricName } from '../../record/catalogue/metric-catalogue.ts'
import type { Milestone } from '../../workload/pods/pod-status.ts'

/** The metric of a pod's way from the create request to a milestone. */
export const METRIC_OF: Readonly<Record<Milestone, MetricName>> = {
  scheduled: 'pod_scheduled_latency',
  sandboxReady: 'pod_sandbox_ready_latency',
  initialized: 'pod_initialized_latency',
  started: 'pod_started_latency',
  ready: 'pod_ready_latency',
}
