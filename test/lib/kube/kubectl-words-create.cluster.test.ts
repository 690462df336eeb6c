import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { sharedCluster } from '../../cluster/shared-cluster.ts'
import { askBoth, type Words } from './kubectl-words.ts'

// What kubectl says is the reference: the same object is refused to it and to our client.

let cluster: ControlPlane
let folder = ''
let says: Words
beforeAll(async () => {
  cluster = await sharedCluster()
  folder = await mkdtemp(join(tmpdir(), 'kubectl-perf-words-'))
  says = askBoth(cluster.kubectlPath, folder)
  await cluster.kubectl(['apply', '-f', '-'], {
    stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: FIXTURES }),
  })
  await cluster.kubectl(['delete', 'namespace', 'words-terminating', '--wait=false'])
  await untilInForce()
})
afterAll(async () => {
  const held = ['configmap', 'held', '-n', 'words-terminating']
  await cluster.kubectl(['patch', ...held, '-p', '{"metadata":{"finalizers":null}}'])
  await cluster.kubectl(['delete', 'namespace', 'words', '--wait=false'])
  await cluster.kubectl(['delete', 'validatingadmissionpolicy,validatingadmissionpolicybinding', 'words'])
  await rm(folder, { recursive: true })
})

const metadata = (name: string, namespace?: string) => ({ name, ...(namespace === undefined ? {} : { namespace }) })
const ADMISSION = 'admissionregistration.k8s.io/v1'
/** A namespace that allows no pods and no config map "denied", and one that cannot go away. */
const FIXTURES = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: metadata('words') },
  { apiVersion: 'v1', kind: 'Namespace', metadata: metadata('words-terminating') },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...metadata('held', 'words-terminating'), finalizers: ['kubectl-perf.test/held'] },
  },
  { apiVersion: 'v1', kind: 'ResourceQuota', metadata: metadata('none', 'words'), spec: { hard: { pods: '0' } } },
  {
    apiVersion: ADMISSION,
    kind: 'ValidatingAdmissionPolicy',
    metadata: metadata('words'),
    spec: {
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
      },
      validations: [{ expression: 'object.metadata.?name != optional.of("denied")', message: 'no such name' }],
    },
  },
  {
    apiVersion: ADMISSION,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: metadata('words'),
    spec: {
      policyName: 'words',
      validationActions: ['Deny'],
      matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'words' } } },
    },
  },
]

/** Quota, policy and service account take a moment. */
async function untilInForce(): Promise<void> {
  const isRefused = (name: string) => async () =>
    (await cluster.tryKubectl(['create', 'configmap', name, '-n', 'words', '--dry-run=server'])).exitCode !== 0
  const isCounted = async () =>
    (await cluster.kubectl(['get', 'quota', 'none', '-n', 'words', '-o', 'jsonpath={.status.hard.pods}'])) === '0'
  const hasAccount = async () =>
    (await cluster.tryKubectl(['get', 'serviceaccount', 'default', '-n', 'words'])).exitCode === 0
  for (const condition of [isRefused('denied'), isCounted, hasAccount]) {
    await vi.waitUntil(condition, { timeout: 30_000, interval: 200 })
  }
}

const pod = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'main', image: 'pause', ...more }] },
})

test.for<[string, string, object]>([
  ['a pod that is invalid in one way', 'pods', pod('Upper')],
  [
    'a pod that is invalid in many ways',
    'pods',
    { ...pod('x', { name: 'B', image: '' }), metadata: { name: 'Upper' } },
  ],
  ['a field of the wrong type', 'pods', { ...pod('x'), spec: 'none' }],
  ['an object of another kind', 'configmaps', pod('x')],
  ['an object without a name', 'configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} }],
  [
    'an object that exists',
    'serviceaccounts',
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } },
  ],
  ['more pods than the quota allows', 'pods', pod('x')],
  [
    'what an admission policy refuses',
    'configmaps',
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'denied' } },
  ],
  [
    'something in a namespace that goes away',
    'secrets',
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'late' } },
  ],
])('the words are kubectl’s when it creates %s', async ([, resource, body]) => {
  const namespace = resource === 'secrets' ? 'words-terminating' : 'words'
  const situation = {
    options: { kubeconfig: cluster.kubeconfig },
    flags: ['--kubeconfig', cluster.kubeconfig],
    path: `/api/v1/namespaces/${namespace}/${resource}`,
    body,
  }
  expect(await says.ours(situation)).toBe(await says.kubectl(situation))
})
