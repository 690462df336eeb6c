import { expect, test } from 'vitest'
import { notReadyReason } from '../../../../lib/workload/pods/not-ready-reason.ts'
import { pod } from '../pods.ts'

const waiting = (reason: string, message = '') => ({ name: 'main', state: { waiting: { reason, message } } })

test.each([
  ['no scheduler', pod('a'), 'NotScheduled', false],
  [
    'too many pods',
    pod('a', {
      status: {
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: '0/1 nodes are available: 1 Too many pods.',
          },
        ],
      },
    }),
    'Unschedulable',
    false,
  ],
  ['kubelet silent', pod('a', { nodeName: 'node-a' }), 'NotStarted', false],
  [
    'creating',
    pod('a', { nodeName: 'node-a', status: { containerStatuses: [waiting('ContainerCreating')] } }),
    'ContainerCreating',
    false,
  ],
  [
    'image',
    pod('a', { nodeName: 'node-a', status: { containerStatuses: [waiting('ImagePullBackOff', 'no such host')] } }),
    'ImagePullBackOff',
    true,
  ],
  [
    'pull put off by the kubelet',
    pod('a', { nodeName: 'n', status: { containerStatuses: [waiting('ErrImagePull', 'pull QPS exceeded')] } }),
    'ErrImagePull',
    false,
  ],
  [
    'pull put off by the kubelet, later',
    pod('a', {
      nodeName: 'n',
      status: {
        containerStatuses: [
          waiting('ImagePullBackOff', 'Back-off pulling image "a:1": ErrImagePull: pull QPS exceeded'),
        ],
      },
    }),
    'ImagePullBackOff',
    false,
  ],
  [
    'image of an init container',
    pod('a', {
      nodeName: 'n',
      status: { initContainerStatuses: [waiting('ErrImagePull')], containerStatuses: [waiting('PodInitializing')] },
    }),
    'ErrImagePull',
    true,
  ],
  [
    'crash loop',
    pod('a', { nodeName: 'n', status: { containerStatuses: [waiting('CrashLoopBackOff')] } }),
    'CrashLoopBackOff',
    true,
  ],
  [
    'rejected by the kubelet',
    pod('a', { nodeName: 'n', status: { phase: 'Failed', reason: 'OutOfpods' } }),
    'OutOfpods',
    true,
  ],
  [
    'running, readiness probe fails',
    pod('a', {
      nodeName: 'n',
      status: {
        phase: 'Running',
        containerStatuses: [{ name: 'main', state: { running: {} } }],
        conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }],
      },
    }),
    'ContainersNotReady',
    false,
  ],
])('%s', (_, object, reason, isFinal) => {
  expect(notReadyReason(object)).toMatchObject({ reason, isFinal })
})

test("the cluster's own message is kept", () => {
  const object = pod('a', { nodeName: 'n', status: { containerStatuses: [waiting('ErrImagePull', 'not found: x:1')] } })
  expect(notReadyReason(object).message).toBe('not found: x:1')
})
