import { expect, test } from 'vitest'
import {
  findProvider,
  isController,
  marksOn,
  whatSpokeOf,
} from '../../../../lib/acceptance/load-balancer/provider-evidence.ts'
import { apiErrorOf } from '../../../../lib/kube/api-error.ts'
import type { KubeClient } from '../../../../lib/kube/client.ts'

test('controllers of load balancers are known by their images, whatever registry they come from', () => {
  for (const image of [
    'quay.io/metallb/controller:v0.14.9',
    'quay.io/metallb/speaker:v0.14.9',
    'registry.example/mirror/kube-vip:v0.8.0',
    'registry.k8s.io/provider-aws/cloud-controller-manager:v1.30.0',
    'registry.k8s.io/cloud-provider-gcp/cloud-controller-manager@sha256:0123',
    'docker.io/hetznercloud/hcloud-cloud-controller-manager:v1.20.0',
    'public.ecr.aws/eks/aws-load-balancer-controller:v2.8.1',
    'rancher/klipper-lb:v0.4.9',
  ]) {
    expect([image, isController(image)]).toEqual([image, true])
  }
})

test('other programs are none', () => {
  for (const image of [
    'quay.io/cilium/cilium:v1.15.19',
    'registry.k8s.io/kube-controller-manager:v1.34.4',
    'registry.k8s.io/kube-proxy:v1.34.4',
    'ingress-nginx/controller:v1.11.0',
    'example.com/my-metallb-dashboard:1',
  ]) {
    expect([image, isController(image)]).toEqual([image, false])
  }
})

const none = { '/api/v1/nodes': [], '/api/v1/services': [], '/api/v1/pods': [] }

function answering(items: Readonly<Record<string, readonly object[]>>): KubeClient {
  const fold = async (path: string, _: object, begin: () => object, add: (result: object, item: object) => void) => {
    const found = items[path]
    if (found === undefined) throw apiErrorOf(path.startsWith('/apis/') ? 404 : 403, Buffer.from('{}'), undefined)
    const result = begin()
    for (const item of found) add(result, item)
    return { result, resourceVersion: '1' }
  }
  return { fold } as unknown as KubeClient
}

const find = (items: Readonly<Record<string, readonly object[]>>) =>
  findProvider(answering(items), new AbortController().signal)

test('a cloud of the nodes speaks for a provider, the name of kind or k3s does not', async () => {
  const nodes = (providerID: string) => ({
    ...none,
    '/api/v1/nodes': [{ metadata: { name: 'n' }, spec: { providerID } }],
  })
  expect((await find(nodes('aws:///eu-west-1a/i-1'))).found).toEqual([`the cloud "aws" of the nodes' providerID`])
  expect((await find(nodes('kind://docker/kind/kind-control-plane'))).found).toEqual([])
  expect((await find(nodes('k3s://node'))).found).toEqual([])
})

test('so does another Service that has an address, and a pool of Cilium', async () => {
  const service = (status: object) => ({
    metadata: { name: 's', namespace: 'shop' },
    spec: { type: 'LoadBalancer' },
    status,
  })
  const assigned = await find({
    ...none,
    '/api/v1/services': [service({}), service({ loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } })],
  })
  expect(assigned.found).toEqual(['the Service shop/s, which has an address'])
  expect((await find({ ...none, '/api/v1/services': [service({ loadBalancer: {} })] })).found).toEqual([])
  const pools = { '/apis/cilium.io/v2alpha1/ciliumloadbalancerippools': [{ metadata: { name: 'blue' } }] }
  expect((await find({ ...none, ...pools })).found).toEqual(['the CiliumLoadBalancerIPPool blue'])
})

test('what may not be listed is said to be so', async () => {
  const { found, missing } = await find({ '/api/v1/services': [], '/api/v1/pods': [] })
  expect(found).toEqual([])
  expect(missing).toEqual([
    "no cloud in the nodes' providerID (they may not be listed)",
    'no other Service with an address of a load balancer',
    "no pod of a load balancer's controller",
    'no CiliumLoadBalancerIPPool',
  ])
})

test('what a provider leaves on a Service', () => {
  const created = { metadata: { name: 's' }, spec: {}, status: { loadBalancer: {} } }
  expect(marksOn(created)).toEqual([])
  expect(
    marksOn({
      metadata: {
        name: 's',
        finalizers: ['service.kubernetes.io/load-balancer-cleanup'],
        annotations: { 'metallb.io/ip-allocated-from-pool': 'first' },
      },
      spec: {},
      status: { conditions: [{ type: 'cilium.io/IPAMRequestSatisfied', status: 'False', reason: 'no_pool' }] },
    }),
  ).toEqual([
    'finalizer service.kubernetes.io/load-balancer-cleanup',
    'condition cilium.io/IPAMRequestSatisfied (no_pool)',
    'annotation metallb.io/ip-allocated-from-pool',
  ])
})

test('events speak for a provider; those that may not be listed are not taken for silence', async () => {
  const signal = new AbortController().signal
  const event = (name: string) => ({ reason: 'EnsuringLoadBalancer', message: 'soon', involvedObject: { name } })
  const list = async () => ({ items: [event('other'), event('s')] })
  const refused = async () => {
    throw apiErrorOf(403, Buffer.from('{}'), undefined)
  }
  const ask = (answer: () => Promise<unknown>) => {
    const client = { list: answer } as unknown as KubeClient
    const service = { metadata: { name: 's', finalizers: ['service.kubernetes.io/load-balancer-cleanup'] }, spec: {} }
    return whatSpokeOf(service, { client, namespace: 'x', signal })
  }
  const mark = 'finalizer service.kubernetes.io/load-balancer-cleanup'
  expect(await ask(list)).toEqual({ marks: [mark, 'the event EnsuringLoadBalancer: soon'], areEventsSeen: true })
  expect(await ask(refused)).toEqual({ marks: [mark], areEventsSeen: false })
})
