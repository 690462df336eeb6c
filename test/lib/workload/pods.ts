import type { PodObject } from '../../../lib/workload/pods/pod-status.ts'

const CREATED = '2026-01-01T00:00:00Z'

type Status = NonNullable<PodObject['status']>

/** A pod as an API server would show it, from the parts a test cares about. */
export function pod(name: string, parts: { nodeName?: string; status?: Status } = {}): PodObject {
  return {
    metadata: { name, namespace: 'ns', creationTimestamp: CREATED },
    spec: { containers: [{ name: 'main' }], ...(parts.nodeName === undefined ? {} : { nodeName: parts.nodeName }) },
    status: { phase: 'Pending', ...parts.status },
  }
}

export function conditions(entries: Record<string, string>): NonNullable<Status['conditions']> {
  return Object.entries(entries).map(([type, lastTransitionTime]) => ({ type, status: 'True', lastTransitionTime }))
}

export const readyPod = (name: string): PodObject =>
  pod(name, {
    nodeName: 'node-a',
    status: {
      phase: 'Running',
      conditions: conditions({
        PodScheduled: '2026-01-01T00:00:01Z',
        PodReadyToStartContainers: '2026-01-01T00:00:02Z',
        Initialized: '2026-01-01T00:00:01Z',
        Ready: '2026-01-01T00:00:04Z',
      }),
      containerStatuses: [{ name: 'main', state: { running: { startedAt: '2026-01-01T00:00:03Z' } } }],
    },
  })
