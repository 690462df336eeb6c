import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type FaultServer, startFaultServer } from '../lib/kube/fault-server.ts'
import { writeServerKubeconfig } from '../lib/kube/server-kubeconfig.ts'

const fixtures = new URL('../fixtures/maxpods/', import.meta.url).pathname
const IMAGES_OF_A_NODE = 50
const NAME = /"name":"[^"]*"/
const NODE_NAME = /"nodeName":"[^"]*"/

export interface LargeCluster {
  nodes: number
  pods: number
  /** Kubelets that never answer. */
  hangingKubelets: number
}

/**
 * An API server that has so many nodes and pods, each as a real one wrote it, and makes the pages of its lists as they are
 * asked for: nothing of the cluster is held.
 */
export async function startLargeCluster({
  nodes,
  pods,
  hangingKubelets,
}: LargeCluster): Promise<FaultServer & { kubeconfig: string }> {
  const pod = (await readFile(join(fixtures, 'pod.json'), 'utf8')).trim()
  const node = withImages((await readFile(join(fixtures, 'node.json'), 'utf8')).trim())
  const nodeName = (index: number) => `node-${String(index).padStart(5, '0')}`
  const podText = (index: number) => {
    const named = pod.replace(NAME, `"name":"web-${index}"`)
    return named.replace(NODE_NAME, `"nodeName":"${nodeName(index % nodes)}"`)
  }
  const nodeText = (index: number) => node.replace(NAME, `"name":"${nodeName(index)}"`)
  const server = await startFaultServer({ protocol: 'http2' })
  const answers: Readonly<Record<string, object>> = {
    '/version': { gitVersion: 'v1.34.4', platform: 'linux/amd64', major: '1', minor: '34' },
    '/api': { kind: 'APIVersions', versions: ['v1'] },
    '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
    '/api/v1': {
      kind: 'APIResourceList',
      groupVersion: 'v1',
      resources: [{ name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['get', 'list'] }],
    },
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews': { status: { allowed: true } },
    '/apis/storage.k8s.io/v1/csinodes': { metadata: {}, items: [] },
  }
  server.answer((call) => {
    const kubelet = /^\/api\/v1\/nodes\/node-(\d+)\/proxy\/configz$/.exec(call.path)
    if (kubelet !== null) {
      if (Number(kubelet[1]) >= hangingKubelets) call.reply(200, { kubeletconfig: { maxPods: 110, podPidsLimit: -1 } })
    } else if (call.path === '/api/v1/pods') call.reply(200, page('PodList', pods, podText, call.query))
    else if (call.path === '/api/v1/nodes') call.reply(200, page('NodeList', nodes, nodeText, call.query))
    else if (answers[call.path] !== undefined) call.reply(200, answers[call.path])
    else call.reply(404, { kind: 'Status', status: 'Failure', code: 404, reason: 'NotFound', message: 'not found' })
  })
  const kubeconfig = await writeServerKubeconfig(server)
  return Object.assign(server, { kubeconfig })
}

/** A page as an API server writes it, from the place that the continue token names. */
function page(kind: string, total: number, textOf: (index: number) => string, query: URLSearchParams): string {
  const from = Number(query.get('continue') ?? 0)
  const limit = Number(query.get('limit') ?? total) || total
  const count = Math.min(limit, total - from)
  const left = total - from - count
  const more = left > 0 ? `,"continue":"${from + count}","remainingItemCount":${left}` : ''
  const items = Array.from({ length: count }, (_, index) => textOf(from + index)).join(',')
  return `{"kind":"${kind}","apiVersion":"v1","metadata":{"resourceVersion":"1000"${more}},"items":[${items}]}\n`
}

function withImages(node: string): string {
  const image = (index: number) => ({
    names: [
      `registry.example.com/team/service-${index}@sha256:${'0123456789abcdef'.repeat(4)}`,
      `registry.example.com/team/service-${index}:v1.2.${index}`,
    ],
    sizeBytes: 100_000_000 + index,
  })
  const parsed = JSON.parse(node) as { status: { images: object[] } }
  parsed.status.images = Array.from({ length: IMAGES_OF_A_NODE }, (_, index) => image(index))
  return JSON.stringify(parsed)
}
