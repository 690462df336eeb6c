import { describe, expect, test } from 'vitest'
import { ConnectionError } from '../../../../lib/kube/connection-error.ts'
import { execFault, restartsOf, whatBecameOf } from '../../../../lib/netperf/pods/pod-fault.ts'
import type { PodObject } from '../../../../lib/workload/pods/pod-status.ts'

type Status = NonNullable<PodObject['status']>
type Container = NonNullable<Status['containerStatuses']>[number]

function watched(status: Status, parts: { isGone?: boolean; deletionTimestamp?: string } = {}) {
  const { isGone = false, deletionTimestamp } = parts
  const metadata = { name: 'p', namespace: 'ns', ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) }
  return { pod: { metadata, status }, isGone }
}

const running: Container = {
  name: 'iperf3',
  restartCount: 1,
  state: { running: {} },
  lastState: { terminated: { reason: 'Error' } },
}
const before = restartsOf([watched({ containerStatuses: [running] })])

describe('what became of a pod', () => {
  test.each<[string, Parameters<typeof whatBecameOf>[0], string | undefined]>([
    ['nothing that is known', undefined, undefined],
    [
      'nothing: it had been started anew before',
      watched({ phase: 'Running', containerStatuses: [running] }),
      undefined,
    ],
    [
      'evicted by its kubelet',
      watched({ phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' }),
      'failed: Evicted: The node was low on resource: memory.',
    ],
    [
      'evicted by the API',
      watched(
        {
          conditions: [{ type: 'DisruptionTarget', status: 'True', message: 'Eviction API: evicting' }],
          containerStatuses: [{ name: 'iperf3', state: { terminated: { reason: 'Completed', exitCode: 0 } } }],
        },
        { deletionTimestamp: '2026-01-01T00:00:00Z' },
      ),
      'was evicted: Eviction API: evicting',
    ],
    ['deleted', watched({ phase: 'Running' }, { isGone: true }), 'was deleted by somebody else'],
    [
      'out of memory',
      watched({
        containerStatuses: [
          { ...running, restartCount: 2, lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } } },
        ],
      }),
      'was killed: its container iperf3 was out of memory (OOMKilled)',
    ],
    [
      'killed, and not started again yet',
      watched({ containerStatuses: [{ ...running, state: { terminated: { reason: 'Error', exitCode: 137 } } }] }),
      'lost its container iperf3: Error, exit code 137',
    ],
    ['not ready for a reason of its own', watched({ conditions: [{ type: 'Ready', status: 'False' }] }), undefined],
  ])('%s', (_, pod, expected) => {
    expect(whatBecameOf(pod, before)).toBe(expected)
  })
})

test.each([
  [
    new ConnectionError('error: lost connection to pod: gone', { kind: 'lost' }),
    'ExecFailed: lost connection to pod: gone',
  ],
  [new ConnectionError('error: timed out after 5s', { kind: 'timeout' }), 'TimedOut: timed out after 5s'],
  [new Error('the client did not end within 5s'), 'TimedOut: the client did not end within 5s'],
  ['odd', 'ExecFailed: odd'],
])('%s', (error, expected) => {
  const { code, message, cause } = execFault(error)
  expect(`${code}: ${message}`).toBe(expected)
  expect(cause).toBe(error)
})
