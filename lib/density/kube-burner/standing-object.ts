import type { KubeClient } from '../../kube/client.ts'
import type { Resource } from '../../run/resource.ts'
import type { RunScope } from '../../run/run-scope.ts'
import type { FindResource } from '../../workload/discovery.ts'
import type { Operation } from '../load.ts'
import type { JobPlan, PlannedObject } from './plan-job.ts'

/** A create job, and the cluster where it is done. */
export interface CreateWorkload {
  scope: RunScope
  plan: JobPlan
  findResource: FindResource
  connect: () => Promise<KubeClient>
}

/** An object of the job that stands in the cluster: how it was made, and how it goes. */
export interface StandingObject {
  planned: PlannedObject
  creation: Operation
  path: string
  resource: Resource
}
