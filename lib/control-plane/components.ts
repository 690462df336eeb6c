import { type MetricFamilies, PROCESS_FAMILIES } from '../workload/control-plane/metric-families.ts'
import type { ProcessWindow } from '../workload/control-plane/process-window.ts'
import { SCHEDULER_FAMILIES, schedulerFigures } from '../workload/control-plane/scheduler-metrics.ts'
import type { ServerFigures } from '../workload/control-plane/server-metrics.ts'
import { API_SERVER_FAMILIES, apiServerFigures } from './api-server-figures.ts'
import { WORK_QUEUE_FAMILIES, workQueueFigures } from './work-queues.ts'

/** A part of the control plane, and what figures its processes give: the same from scrapes and from a Prometheus. */
export interface ControlPlanePart {
  readonly families: MetricFamilies
  /**
   * A metric that no other program has, by which a Prometheus knows its processes: jobs are named as everyone likes. (API
   * servers that are aggregated count their requests too, but have no namespaces; many programs have work queues.)
   */
  readonly selector: string
  /** @param source of each figure, as the record has it */
  readonly figures: (windows: readonly ProcessWindow[], source: string) => ServerFigures
}

export const API_SERVER: ControlPlanePart = {
  families: API_SERVER_FAMILIES,
  selector: 'apiserver_request_total{resource="namespaces"}',
  figures: apiServerFigures,
}

export const SCHEDULER: ControlPlanePart = {
  families: { ...SCHEDULER_FAMILIES, ...WORK_QUEUE_FAMILIES },
  selector: 'scheduler_pending_pods',
  figures: (windows, source) => ({
    metrics: [...schedulerFigures(windows, source), ...workQueueFigures('scheduler', windows, source)],
    findings: [],
  }),
}

export const CONTROLLER_MANAGER: ControlPlanePart = {
  families: { ...PROCESS_FAMILIES, ...WORK_QUEUE_FAMILIES },
  selector: 'workqueue_adds_total{name="garbage_collector_attempt_to_delete"}',
  figures: (windows, source) => ({
    metrics: workQueueFigures('controller-manager', windows, source),
    findings: [],
  }),
}
