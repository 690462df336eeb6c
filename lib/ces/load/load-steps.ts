import type { LoadStep } from './load-step.ts'

export interface LoadSize {
  /** Endpoints, or pods. */
  count: number
  /** Of them get a label changed. */
  updates: number
  /** Of them are deleted and made anew. */
  churned: number
}

/** What the steps do to one endpoint or pod, by its index; those that churn are of round 0 before, and of round 1 after. */
export interface LoadActions {
  create: (index: number, round: number) => Promise<void>
  update: (index: number) => Promise<void>
  remove: (index: number, round: number) => Promise<void>
  /** Does each update show as an event of its own? Where only the cluster knows: no. */
  updatesAreSeen: boolean
  /** Waits until all are as they should be, where that takes more than requests. */
  settle?: (roundOfChurned: number) => Promise<void>
}

/** All made, some updated, some churned, all deleted. */
export function loadSteps({ count, updates, churned }: LoadSize, actions: LoadActions): LoadStep[] {
  const { create, update, remove, updatesAreSeen, settle } = actions
  function* each(total: number, act: (index: number) => Promise<void>) {
    for (let index = 0; index < total; index += 1) yield () => act(index)
  }
  function* churn() {
    for (let index = 0; index < churned; index += 1) {
      yield () => remove(index, 0)
      yield () => create(index, 1)
    }
  }
  const settled = (round: number) => (settle === undefined ? {} : { settle: () => settle(round) })
  const steps: LoadStep[] = [
    {
      name: 'create',
      count,
      requests: () => each(count, (index) => create(index, 0)),
      endpoints: count,
      events: count,
      ...settled(0),
    },
    {
      name: 'update',
      count: updates,
      requests: () => each(updates, update),
      endpoints: count,
      events: updatesAreSeen ? updates : undefined,
    },
    { name: 'churn', count: 2 * churned, requests: churn, endpoints: count, events: 2 * churned, ...settled(1) },
    {
      name: 'delete',
      count,
      requests: () => each(count, (index) => remove(index, index < churned ? 1 : 0)),
      endpoints: 0,
      events: count,
    },
  ]
  return steps.filter((step) => step.count > 0)
}
