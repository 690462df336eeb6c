import { expect, test } from 'vitest'
import { ciliumMinor } from '../../../../lib/ces/detection/detect-slices.ts'
import { findResources } from '../../../../lib/ces/detection/find-resources.ts'
import { ApiError } from '../../../../lib/kube/api-error.ts'
import type { KubeClient } from '../../../../lib/kube/client.ts'

const signal = new AbortController().signal

function client(answers: Record<string, unknown>): Pick<KubeClient, 'getJson'> {
  const getJson = async (path: string) => {
    if (path in answers) return answers[path]
    throw new ApiError('Error from server (NotFound)', { code: 404, reason: 'NotFound', serverMessage: 'not found' })
  }
  return { getJson } as Pick<KubeClient, 'getJson'>
}

const GROUP = { versions: [{ version: 'v2' }, { version: 'v2alpha1' }] }
const CEP = { name: 'ciliumendpoints', namespaced: true }
const CES = { name: 'ciliumendpointslices', namespaced: false }

test('each kind in the first version that has it', async () => {
  const found = await findResources(
    client({
      '/apis/cilium.io': GROUP,
      '/apis/cilium.io/v2': { resources: [CEP] },
      '/apis/cilium.io/v2alpha1': { resources: [CES] },
    }),
    signal,
  )
  expect([found.cep.version, found.ces?.version, found.ces?.namespaced]).toEqual(['v2', 'v2alpha1', false])
})

test('without the CRD of slices there are endpoints alone', async () => {
  const answers = {
    '/apis/cilium.io': GROUP,
    '/apis/cilium.io/v2': { resources: [CEP] },
    '/apis/cilium.io/v2alpha1': { resources: [] },
  }
  expect(Object.keys(await findResources(client(answers), signal))).toEqual(['cep'])
})

test('without Cilium it is said in the words of kubectl', async () => {
  await expect(findResources(client({}), signal)).rejects.toMatchObject({
    message: 'the server doesn\'t have a resource type "ciliumendpoints"',
    advice: ['Cilium is not installed in this cluster, or keeps no CiliumEndpoints (disable-endpoint-crd)'],
  })
})

test('the version of Cilium, by the image or by the schema of its CRDs', () => {
  expect(ciliumMinor('1.18.2', '1.28.3')).toBe(18)
  expect(['1.27.2', '1.28.3', '1.29.14', '1.33.12'].map((schema) => ciliumMinor(undefined, schema))).toEqual([
    14, 15, 16, 20,
  ])
  expect(ciliumMinor(undefined, undefined)).toBeUndefined()
})
