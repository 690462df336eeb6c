import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ControlPlane, startControlPlane } from '../control-plane.ts'

const patiently = { timeout: 180_000, interval: 200 }
let cluster: ControlPlane & AsyncDisposable

beforeAll(async () => {
  cluster = await startControlPlane({
    ciliumAgents: 2,
    ciliumMaps: 'dynamic',
    ciliumValues: { kubeProxyReplacement: 'false', routingMode: 'tunnel' },
  })
})
afterAll(() => cluster?.[Symbol.asyncDispose]())

test('beside kube-proxy, through a tunnel, with maps as large as the machine lets them be', async () => {
  expect((await cluster.processIds('node-b/kube-proxy')).length).toBeGreaterThan(0)
  const agent = ['exec', '-n', 'kube-system', 'ds/cilium', '-c', 'cilium-agent', '--']
  const status = JSON.parse(await cluster.kubectl([...agent, 'cilium-dbg', 'status', '-o', 'json']))
  expect(status['kube-proxy-replacement'].mode).toBe('False')
  const show = ['bpftool', '--json', 'map', 'show', 'pinned', '/sys/fs/bpf/tc/globals/cilium_ct4_global']
  const { max_entries } = JSON.parse((await cluster.runOnNode('node-a', show)).stdout) as { max_entries: number }
  expect(max_entries).toBeGreaterThan(10_000)
})

test('pods reach each other across nodes and through a Service', async () => {
  const run = (name: string, node: string, image: string, ...args: string[]) =>
    cluster.kubectl(['run', name, `--image=${image}`, `--overrides={"spec":{"nodeName":"${node}"}}`, ...args])
  await run('web', 'node-b', 'nginx:alpine')
  await run('shell', 'node-a', 'busybox:1.35', '--command', '--', 'sleep', '600')
  await cluster.kubectl(['expose', 'pod', 'web', '--port=80'])
  await cluster.kubectl(['wait', '--for=condition=Ready', 'pod/web', 'pod/shell', '--timeout=170s'], {
    timeoutMs: 180_000,
  })
  const hosts = [
    await cluster.kubectl(['get', 'pod', 'web', '-o', 'jsonpath={.status.podIP}']),
    await cluster.kubectl(['get', 'service', 'web', '-o', 'jsonpath={.spec.clusterIP}']),
  ]
  for (const host of hosts) {
    const fetchFrom = ['exec', 'shell', '--', 'timeout', '2', 'wget', '-qO-', `http://${host}`]
    const page = async () => (await cluster.tryKubectl(fetchFrom)).stdout
    await expect.poll(page, patiently).toBe('<h1>Welcome to nginx!</h1>\n')
  }
  const links = await cluster.runOnNode('node-a', ['ip', '-brief', 'link', 'show', 'type', 'vxlan'])
  expect(links.stdout).toMatch(/^cilium_vxlan /)
})
