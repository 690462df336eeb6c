import { expect, test } from 'vitest'
import { readClusterObjects } from '../../../../lib/cilium/agents/cluster-objects.ts'
import { type Answer, answeringClient, refusal } from '../../workload/answering-client.ts'

const live = new AbortController().signal
const CILIUM = '/apis/cilium.io/v2'
const SETTINGS = '/api/v1/namespaces/kube-system/configmaps/cilium-config'
const place = { nodes: 7, home: 'kube-system' }
const items = (...objects: unknown[]) => ({ items: objects })
const config = { data: { 'bpf-lb-map-max': '256' } }
const endpoint = {
  status: { networking: { addressing: [{ ipv4: '10.0.0.1', ipv6: 'fd00::1' }, { ipv4: '10.0.0.2' }] } },
}
const everything: Record<string, Answer> = {
  [`${CILIUM}/ciliumnodes`]: items({}, {}, {}),
  [`${CILIUM}/ciliumidentities`]: items({}, {}),
  [`${CILIUM}/ciliumendpoints`]: items(endpoint, {}),
  '/api/v1/configmaps': items(config),
  '/api/v1/services': items(),
  '/apis/discovery.k8s.io/v1/endpointslices': items(),
}
const forbidden = (...paths: string[]) => Object.fromEntries(paths.map((path) => [path, refusal(403)]))

/** Answers by path; what is not there is not found. */
function cluster(answers: Record<string, Answer>) {
  const client = answeringClient((path) => answers[path] ?? refusal(404))
  return {
    ...client,
    getJson: async <T>(path: string) => (await client.request({ method: 'GET', path, signal: live })).json() as T,
    fold: (async (path, _, begin, add) => {
      const { items: found } = await client.list(path, { signal: live })
      const result = begin()
      for (const item of found) add(result, item as never)
      return { result }
    }) as typeof client.fold,
  }
}

test('all that is there', async () => {
  expect(await readClusterObjects(cluster(everything), place, live)).toEqual({
    objects: {
      services: [],
      endpointSlices: [],
      identities: 2,
      endpointAddresses: 3,
      nodes: 7,
      config: { 'bpf-lb-map-max': '256' },
    },
    refused: [],
  })
})

test('what may not be read is not 0, and is named', async () => {
  const refused = forbidden(
    `${CILIUM}/ciliumnodes`,
    `${CILIUM}/ciliumidentities`,
    `${CILIUM}/ciliumendpoints`,
    '/api/v1/configmaps',
  )
  const known = { ...everything, ...refused, [SETTINGS]: config }
  expect(await readClusterObjects(cluster(known), { ...place, nodes: null }, live)).toEqual({
    objects: { services: [], endpointSlices: [], config: { 'bpf-lb-map-max': '256' } },
    refused: [
      'list ciliumendpoints.cilium.io',
      'list ciliumidentities.cilium.io',
      'list ciliumnodes.cilium.io',
      'list nodes',
    ],
  })
})

test('CiliumNodes are counted where nodes may not be listed', async () => {
  const { objects, refused } = await readClusterObjects(cluster(everything), { ...place, nodes: null }, live)
  expect([objects?.nodes, refused]).toEqual([3, []])
})

test('no Cilium is another thing than none that may be seen', async () => {
  expect(await readClusterObjects(cluster({ '/api/v1/configmaps': items() }), place, live)).toEqual({
    objects: undefined,
    refused: [],
  })
  const refused = forbidden(`${CILIUM}/ciliumendpoints`, '/api/v1/configmaps', SETTINGS)
  expect(await readClusterObjects(cluster(refused), place, live)).toEqual({
    objects: undefined,
    refused: ['get configmaps "cilium-config" in kube-system', 'list ciliumendpoints.cilium.io'],
  })
})
