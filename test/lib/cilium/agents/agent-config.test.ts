import { expect, test } from 'vitest'
import { readAgentConfig } from '../../../../lib/cilium/agents/agent-config.ts'
import { apiErrorOf } from '../../../../lib/kube/api-error.ts'

const signal = new AbortController().signal
const denied = (code: number) => apiErrorOf(code, Buffer.from(''), undefined)

interface NodeConfig {
  readonly name: string
  readonly nodeSelector?: object
  readonly defaults?: Readonly<Record<string, string>>
}

function client(
  data: Readonly<Record<string, string>> | number,
  configs: readonly NodeConfig[] | number,
  version = 'v2',
) {
  return {
    async getJson<T>(path: string) {
      expect(path).toBe('/api/v1/namespaces/kube-system/configmaps/cilium-config')
      if (typeof data === 'number') throw denied(data)
      return { data } as T
    },
    async list(path: string) {
      if (typeof configs === 'number') throw denied(configs)
      if (!path.startsWith(`/apis/cilium.io/${version}/namespaces/kube-system/`)) throw denied(404)
      const items = configs.map(({ name, ...spec }) => ({ metadata: { name }, spec }))
      return { items: items as never[], resourceVersion: '1' }
    },
  }
}

const read = (...given: Parameters<typeof client>) => readAgentConfig(client(...given), 'kube-system', signal)

test('the ConfigMap, over it what selects the node, by name', async () => {
  const { settingsOf, gaps } = await read({ a: '1', b: '1', c: '1' }, [
    { name: 'z', nodeSelector: { matchLabels: { pool: 'big' } }, defaults: { b: '3' } },
    { name: 'a', nodeSelector: { matchLabels: { pool: 'big' } }, defaults: { b: '2', c: '2' } },
    { name: 'm', nodeSelector: { matchLabels: { pool: 'small' } }, defaults: { a: '9' } },
    { name: 'without-selector', defaults: { a: '8' } },
    { name: 'without-defaults', nodeSelector: {} },
  ])
  expect(gaps).toEqual([])
  expect(settingsOf({ pool: 'big' })).toEqual({ a: '1', b: '3', c: '2' })
  expect(settingsOf({})).toEqual({ a: '1', b: '1', c: '1' })
})

test('the older version of CiliumNodeConfig', async () => {
  const configs = [{ name: 'a', nodeSelector: {}, defaults: { a: '2' } }]
  expect((await read({ a: '1' }, configs, 'v2alpha1')).settingsOf({})).toEqual({ a: '2' })
})

test('a cluster without either', async () => {
  const { settingsOf, gaps } = await read(404, 404)
  expect({ settings: settingsOf({}), gaps }).toEqual({ settings: undefined, gaps: [] })
})

test('what may not be read is told', async () => {
  const { settingsOf, gaps } = await read(403, 403)
  expect(settingsOf({})).toBeUndefined()
  expect(gaps.toSorted()).toEqual([
    'this user may not get configmap cilium-config in namespace kube-system',
    'this user may not list ciliumnodeconfigs.cilium.io in namespace kube-system',
  ])
})

test('other errors are errors', async () => {
  await expect(read(500, [])).rejects.toMatchObject({ code: 500 })
})
