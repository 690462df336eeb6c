import type { KubeClient } from '../../kube/client.ts'
import { type ComponentObserver, observeComponent } from './component-observer.ts'
import { SCHEDULER_FAMILIES, schedulerFigures } from './scheduler-metrics.ts'

/** What the cluster's schedulers count themselves, from now on; see observeComponent. */
export async function observeScheduler(
  client: Pick<KubeClient, 'list' | 'getFromPod'>,
  signal: AbortSignal,
): Promise<ComponentObserver> {
  return observeComponent(
    client,
    { component: 'scheduler', families: SCHEDULER_FAMILIES, figures: schedulerFigures },
    signal,
  )
}
