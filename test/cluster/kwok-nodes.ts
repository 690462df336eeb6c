import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import type { ApiClient } from './api-client.ts'
import { kwokStagesFile } from './binaries/kwok-stages.ts'
import { kwokConfigFile } from './components.ts'
import { type NodeReadiness, takesPods } from './node-readiness.ts'

interface NodeItem extends NodeReadiness {
  readonly metadata: { readonly name: string }
}

const taint = { key: 'kwok.x-k8s.io/node', value: 'fake', effect: 'NoSchedule' }
const selector = encodeURIComponent('type=kwok')

/** Writes kwok's configuration: its options and the stages that make nodes and pods ready at once. */
export async function writeKwokConfig(folder: string): Promise<void> {
  const options = {
    apiVersion: 'config.kwok.x-k8s.io/v1alpha1',
    kind: 'KwokConfiguration',
    options: {
      nodeLeaseDurationSeconds: 40,
      nodeLeaseParallelism: 16,
      podPlayStageParallelism: 16,
      nodePlayStageParallelism: 16,
    },
  }
  await writeFile(kwokConfigFile(folder), `${stringify(options)}${await readFile(kwokStagesFile(), 'utf8')}`)
}

/** Creates the fake nodes `kwok-0000`, `kwok-0001`, … that are missing of `count`. None is removed. */
export async function createKwokNodes(client: ApiClient, count: number, podsPerNode: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `kwok-${String(index).padStart(4, '0')}`)
  const existing = new Set((await listKwokNodes(client)).map((node) => node.metadata.name))
  await Promise.all(
    names
      .filter((name) => !existing.has(name))
      .map(async (name) => {
        const { status, body } = await client.request('POST', '/api/v1/nodes', kwokNode(name, podsPerNode))
        if (status !== 201) throw new Error(`Node ${name} was not created: ${status} ${JSON.stringify(body)}`)
      }),
  )
}

/**
 * Taints the fake nodes, so that pods which do not ask for them go to the real nodes; without real nodes nobody should have to
 * tolerate anything.
 */
export async function taintKwokNodes(client: ApiClient): Promise<void> {
  for (const node of await listKwokNodes(client)) {
    if (node.spec.taints?.some(({ key }) => key === taint.key)) continue
    const { status } = await client.request('PATCH', `/api/v1/nodes/${node.metadata.name}`, {
      spec: { taints: [taint] },
    })
    if (status !== 200) throw new Error(`Node ${node.metadata.name} was not tainted: ${status}`)
  }
}

/** Waits until every fake node is Ready and free of the taint that new nodes carry. */
export async function waitForKwokNodes(client: ApiClient): Promise<void> {
  const timeoutMs = 120_000
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const waiting = (await listKwokNodes(client)).filter((node) => !takesPods(node))
    if (waiting.length === 0) return
    if (Date.now() > deadline) throw new Error(`${waiting.length} fake nodes are not Ready after ${timeoutMs / 1000} s`)
    await sleep(50)
  }
}

async function listKwokNodes(client: ApiClient): Promise<NodeItem[]> {
  const { status, body } = await client.request('GET', `/api/v1/nodes?labelSelector=${selector}`)
  if (status !== 200) throw new Error(`Nodes were not listed: ${status} ${JSON.stringify(body)}`)
  return (body as { items: NodeItem[] }).items
}

function kwokNode(name: string, pods: number) {
  const resources = { cpu: '32', memory: '256Gi', 'ephemeral-storage': '1Ti', pods: String(pods) }
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
      labels: {
        type: 'kwok',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': architecture,
      },
    },
    status: { allocatable: resources, capacity: resources, nodeInfo: { architecture } },
  }
}
