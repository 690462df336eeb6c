import { expect, test } from 'vitest'
import { detectSlices } from '../../../../lib/ces/detection/detect-slices.ts'
import { requireComparison } from '../../../../lib/ces/detection/require-comparison.ts'
import { rateWords } from '../../../../lib/ces/simulator/operator-rules.ts'
import type { KubeClient } from '../../../../lib/kube/client.ts'
import { type Answer, refusal } from '../../workload/answering-client.ts'

const live = new AbortController().signal
const GROUP = '/apis/cilium.io'
const CEP = `${GROUP}/v2/ciliumendpoints`
const CES = `${GROUP}/v2/ciliumendpointslices`
const NODES = `${GROUP}/v2/ciliumnodes`
const CONFIG = '/api/v1/configmaps'
const DEPLOYMENTS = '/apis/apps/v1/deployments'
const STEPS = '[{"nodes":0,"limit":10,"burst":20},{"nodes":100,"limit":60,"burst":120}]'

const items = (...objects: unknown[]) => ({ items: objects })
const config = (data: Record<string, string>) => items({ data })
const deployment = (...args: string[]) =>
  items({
    metadata: { name: 'cilium-operator', namespace: 'kube-system' },
    spec: { template: { spec: { containers: [{ image: 'quay.io/cilium/operator-generic:v1.19.1', args }] } } },
  })
const served = {
  [GROUP]: { versions: [{ version: 'v2' }] },
  [`${GROUP}/v2`]: {
    resources: ['ciliumendpoints', 'ciliumendpointslices'].map((name) => ({ name, namespaced: true })),
  },
  [CEP]: items({}),
  [CES]: items(),
}

/** A user who may do what is answered, and nothing else. */
function cluster(answers: Record<string, Answer>): KubeClient {
  const allowed: Record<string, Answer> = { ...served, ...answers }
  const read = async (path: string) => {
    const answer = allowed[path] ?? refusal(403)
    if (answer instanceof Error) throw answer
    return answer
  }
  const client = {
    getJson: read,
    list: read,
    create: async (_: string, { spec }: { spec: { resourceAttributes: { resource: string } } }) => ({
      status: { allowed: !(allowed[`${GROUP}/v2/${spec.resourceAttributes.resource}`] instanceof Error) },
    }),
  }
  return client as unknown as KubeClient
}

const slicesOf = async (answers: Record<string, Answer>) => {
  const { slices, because } = await detectSlices(cluster(answers), 1, live)
  return [slices, because]
}

test('the configuration decides, and flags over it; what is set nowhere is off', async () => {
  const on = config({ 'enable-cilium-endpoint-slice': 'true' })
  const off = '--enable-cilium-endpoint-slice=false'
  expect(await slicesOf({ [CONFIG]: on, [DEPLOYMENTS]: deployment() })).toEqual([
    'on',
    'enable-cilium-endpoint-slice is true',
  ])
  expect(await slicesOf({ [CONFIG]: on, [DEPLOYMENTS]: deployment(off) })).toEqual([
    'off',
    'enable-cilium-endpoint-slice is false',
  ])
  expect(await slicesOf({ [CONFIG]: config({}), [DEPLOYMENTS]: deployment() })).toEqual([
    'off',
    'enable-cilium-endpoint-slice is not set',
  ])
})

test('what may not be read does not turn slices off: objects decide', async () => {
  const flagsAlone = { [DEPLOYMENTS]: deployment('--config-dir=/tmp/cilium/config-map') }
  expect(await slicesOf({ ...flagsAlone, [CES]: items({}) })).toEqual(['on', 'there are CiliumEndpointSlices'])
  expect(await slicesOf(flagsAlone)).toEqual(['off', 'there are CiliumEndpoints and no CiliumEndpointSlices'])
  expect(await slicesOf({ ...flagsAlone, [CES]: refusal(403) })).toEqual([
    'undecided',
    'this user may not list and watch CiliumEndpointSlices',
  ])
})

test('without the number of nodes a rate that depends on it is not known, and is no step by chance', async () => {
  const settings = { [CONFIG]: config({ 'ces-rate-limits': STEPS }), [DEPLOYMENTS]: deployment() }
  const detect = (answers: Record<string, Answer>, nodes: number | null) =>
    detectSlices(cluster({ ...settings, ...answers }), nodes, live)
  const unknown = await detect({}, null)
  expect(unknown.ciliumNodes).toBeUndefined()
  expect(unknown.rules.possibleRates).toEqual([10, 60])
  expect(rateWords(unknown.rules)).toBe('10 to 60 slices per second by the number of nodes, which is not known')
  // Slices that are off would have to be simulated; those that are on are measured.
  expect(() => requireComparison(unknown)).toThrow(
    'slices can be neither measured (enable-cilium-endpoint-slice is not set) nor simulated: the operator looks at 10 to 60 slices per second by the number of nodes, which is not known',
  )
  requireComparison({ ...unknown, slices: 'on' })
  expect(() => requireComparison({ ...unknown, slices: 'on', readable: new Set(['cep']) })).toThrow(
    'neither measured (this user may not list and watch CiliumEndpointSlices)',
  )
  requireComparison(await detect({}, 100))
  expect((await detect({}, 100)).rules).toMatchObject({ perSecond: 60, burst: 120 })
  const counted = await detect({ [NODES]: items({ metadata: {} }) }, null)
  expect(counted.rules.possibleRates).toBeUndefined()
  expect(rateWords(counted.rules)).toBe('10 slices per second after a burst of 20')
  // One rate whatever the number of nodes: Cilium's own default.
  const usual = await detect({ [CONFIG]: config({}) }, null)
  expect(usual.rules).not.toHaveProperty('possibleRates')
})
