import { count, type MetricDefinition } from './metric-definition.ts'

/** Of what there should be little: a threshold means the largest. */
const most = (description: string): MetricDefinition => ({ ...count(description), threshold: 'max' })
/** Of what there should be much: a threshold means the smallest. */
const least = (description: string): MetricDefinition => ({ ...count(description), threshold: 'min', better: 'higher' })

/** The metrics of maxpods-check. Pods that are over (Succeeded, Failed) never count, terminating ones do. */
export const maxPodsCatalogue = {
  node_allocatable_pods: least('Pods that the scheduler puts on the node at most: status.allocatable.pods'),
  node_running_pods: most('Pods on the node that count against its limit'),
  node_free_pods: least('Pods that the smallest limit of the node leaves room for; below 0 where it has too many'),
  node_max_pods: least('Pods that this limit allows on the node; limit=effective is the smallest that binds'),
  cluster_allocatable_pods: count('Allocatable pods of all nodes'),
  cluster_running_pods: count('Pods on all nodes'),
  cluster_free_pods: count('Pods that still fit on nodes that are ready and not cordoned'),
  pending_pods: most('Pods that no node was found for, by reason'),
  fitting_pods: count('Pods of the size that was asked for that have room, by estimate'),
  verified_pods: count('Pods that ran on the node when it was filled'),
} as const satisfies Record<string, MetricDefinition>
