import { expect, test } from 'vitest'
import { imagesOf } from '../../../../lib/density/phases/object-operation.ts'
import { isPrivileged, nodeAccess, podSpecsOf } from '../../../../lib/density/phases/pod-specs.ts'

const object = (kind: string, spec: Record<string, unknown>) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'x' },
  spec,
})
const plain = { containers: [{ name: 'main', image: 'a' }] }
const reaching = {
  hostNetwork: true,
  hostPID: false,
  volumes: [
    { name: 'a', emptyDir: {} },
    { name: 'b', hostPath: { path: '/' } },
  ],
  initContainers: [{ name: 'first', image: 'b', securityContext: { privileged: true } }],
  ...plain,
}

test('pods are found wherever an object has them', () => {
  expect(podSpecsOf(object('Pod', plain))).toEqual([plain])
  expect(podSpecsOf(object('Deployment', { replicas: 2, template: { spec: plain } }))).toEqual([plain])
  expect(podSpecsOf(object('CronJob', { jobTemplate: { spec: { template: { spec: plain } } } }))).toEqual([plain])
  expect(
    podSpecsOf(object('Sets', { parts: [{ template: { spec: plain } }, { template: { spec: reaching } }] })),
  ).toEqual([plain, reaching])
  expect(podSpecsOf({ kind: 'ConfigMap' })).toEqual([])
  expect(imagesOf(object('Deployment', { template: { spec: reaching } }))).toEqual(['a', 'b'])
})

test('how they reach into their nodes is told in the words of the Pod API', () => {
  expect(nodeAccess([plain])).toEqual([])
  expect(nodeAccess([plain, reaching])).toEqual(['privileged containers', 'hostPath volumes', 'hostNetwork'])
  expect(nodeAccess([{ ...plain, hostPID: true, hostIPC: true }])).toEqual(['hostPID', 'hostIPC'])
  expect([plain, reaching].map(isPrivileged)).toEqual([false, true])
})
