import type { Observation, Window } from '../observation/observe-kinds.ts'

/** One stretch of the load, measured by itself: its requests, and what comes of them. */
export interface LoadStep {
  name: 'create' | 'update' | 'churn' | 'delete'
  /** How many requests there are. */
  count: number
  /** Each makes one request, in this order, at the pace of the run. */
  requests(): Iterable<() => Promise<void>>
  /**
   * How many endpoints there are afterwards, and how many of their events there are at least until then; undefined where
   * only the cluster knows.
   */
  endpoints: number
  events: number | undefined
  /** Waits for what is neither endpoint nor slice. */
  settle?: () => Promise<void>
}

/** Have all endpoints shown what the step does to them? */
export function isSeen({ endpoints, events }: LoadStep, { cep }: Window, observation: Observation): boolean {
  const { ADDED, MODIFIED, DELETED } = cep.byType
  if (events !== undefined && ADDED.events + MODIFIED.events + DELETED.events < events) return false
  return observation.countMeasured() === endpoints
}
