import { schedulingAdvice } from '../../workload/scheduling/scheduling-advice.ts'
import { describeSchedulingFailure } from '../../workload/scheduling/scheduling-failure.ts'
import { takesPods } from '../facts/node-facts.ts'
import type { PendingGroup } from '../facts/pending-pods.ts'
import type { NodeReport } from './node-report.ts'

const MOST_NODES = 3

/** Why pods wait, with the limit behind it: the scheduler's `Too many pods` says only that a node's allocatable pods are used up. */
export function explainPending(reason: string, group: PendingGroup, reports: readonly NodeReport[]): string {
  if (reason !== 'Too many pods') return plainExplanation(reason, group)
  const full = reports.filter(({ node, load }) => takesPods(node) && load.running >= (node.allocatable.pods ?? 0))
  const said = group.failure === undefined ? '' : `; the scheduler: ${describeSchedulingFailure(group.failure)}`
  if (full.length === 0) return `no node is full by now${said}`
  const named = full.slice(0, MOST_NODES).map(({ node, limits }) => {
    // What the scheduler counts is the allocatable pods, also where another limit is smaller.
    const limit = limits.find(({ name }) => name.startsWith('kubelet') || name === 'node capacity')
    return `${node.name} (${limit?.name ?? 'allocatable pods'} ${node.allocatable.pods ?? 0})`
  })
  const more = full.length > MOST_NODES ? ` and ${full.length - MOST_NODES} more` : ''
  return `full: ${named.join(', ')}${more}${said}`
}

function plainExplanation(reason: string, { failure, message }: PendingGroup): string {
  if (failure !== undefined) return describeSchedulingFailure(failure)
  if (message !== '') return message
  return schedulingAdvice(reason) ?? reason
}
