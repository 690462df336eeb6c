import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { metricsPort, metricsRoutes, readMetricsPort } from '../../../../lib/cilium/agents/metrics-port.ts'
import { apiErrorOf } from '../../../../lib/kube/api-error.ts'
import type { KubeClient } from '../../../../lib/kube/client.ts'

const signal = new AbortController().signal
const agent = {
  namespace: 'kube-system',
  pod: 'cilium-a',
  container: 'cilium-agent',
  node: 'node-a',
  image: '',
  owner: 'daemonsets/cilium',
}

test.each([
  [{ 'prometheus-serve-addr': ':9962' }, 9962],
  [{ 'prometheus-serve-addr': '[::]:9990' }, 9990],
  [undefined, 9962],
])('the port of %j is %d', (settings, port) => {
  expect(metricsPort(settings)).toBe(port)
})

test.each([[{}], [{ 'prometheus-serve-addr': '' }]])('an agent that serves none: %j', (settings) => {
  expect(() => metricsPort(settings)).toThrow(
    'the agent serves no metrics: prometheus-serve-addr is not set in ConfigMap cilium-config',
  )
})

/** May do these things with pods. */
function user(...allowed: readonly string[]): KubeClient {
  return {
    create: async (_: string, { spec }: { spec: { resourceAttributes?: Record<string, string> } }) => {
      const { verb, subresource } = spec?.resourceAttributes ?? {}
      return { status: { allowed: allowed.includes(`${verb} ${subresource}`), userInfo: { username: 'jane' } } }
    },
  } as never
}

const routesOf = (...allowed: readonly string[]) =>
  metricsRoutes(user(...allowed), ['kube-system'], signal, ['the role'])

test('the ways that a user has, that through the proxy first', async () => {
  const forward = ['get portforward', 'create portforward']
  expect(await routesOf('get proxy', ...forward)).toEqual(['proxy', 'port-forward'])
  expect(await routesOf(...forward)).toEqual(['port-forward'])
  expect(await routesOf('get proxy', 'get portforward')).toEqual(['proxy'])
})

test('who has none is told both', async () => {
  await expect(routesOf('get portforward')).rejects.toMatchObject({
    message: 'error: cannot get pods/proxy in namespace "kube-system": forbidden for user "jane"',
    advice: [
      'needs:   get pods/proxy in kube-system',
      'missing: get pods/proxy in kube-system',
      'try:     get and create pods/portforward instead, or the role',
    ],
  })
})

const metrics = 'cilium_bpf_map_pressure{map_name="ct4_global"} 0.5\n'
const server = createServer((request, response) => {
  if (request.url === '/metrics') response.end(metrics)
})
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

function cluster(proxy: string | number) {
  const asked: string[] = []
  return {
    asked,
    async request({ path }: { path: string }) {
      asked.push(path)
      if (typeof proxy === 'number') throw apiErrorOf(proxy, Buffer.from(''), undefined)
      return { text: () => proxy }
    },
    async connectToPod({ pod }: { pod: string }, port: number) {
      asked.push(`${pod}:${port}`)
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
      if (port === 1) socket.once('connect', () => socket.write('\u0000'))
      return socket
    },
  }
}

const read = (client: ReturnType<typeof cluster>, routes: readonly ('proxy' | 'port-forward')[], timeoutMs = 5000) =>
  readMetricsPort(client as never, agent, 9962, routes, { signal, timeoutMs })

test('through the proxy of the API server', async () => {
  const client = cluster(metrics)
  expect(await read(client, ['proxy', 'port-forward'])).toBe(metrics)
  expect(client.asked).toEqual(['/api/v1/namespaces/kube-system/pods/cilium-a:9962/proxy/metrics'])
})

test('through a forwarded port, also where the API server does not get there itself', async () => {
  expect(await read(cluster(503), ['port-forward'])).toBe(metrics)
  const client = cluster(503)
  expect(await read(client, ['proxy', 'port-forward'])).toBe(metrics)
  expect(client.asked[1]).toBe('cilium-a:9962')
})

test('where there is no other way, what the API server says', async () => {
  await expect(read(cluster(503), ['proxy'])).rejects.toMatchObject({ code: 503 })
})

test('a port that says nothing, in time', async () => {
  const silent = {
    ...cluster(503),
    async connectToPod(_: unknown, __: unknown, { signal }: { signal: AbortSignal }) {
      const socket = connect((silentServer.address() as AddressInfo).port)
      signal.addEventListener('abort', () => socket.destroy(signal.reason as Error))
      return socket
    },
  }
  await expect(read(silent as never, ['port-forward'], 200)).rejects.toThrow('error: no metrics within 0.2s')
})

const silentServer = createServer(() => undefined)
beforeAll(() => new Promise<void>((resolve) => silentServer.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  silentServer.closeAllConnections()
  silentServer.close()
})
