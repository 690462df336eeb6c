import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseAllDocuments, stringify } from 'yaml'
import { type ApiClient, adminClient } from '../../../cluster/api-client.ts'
import { kwokConfigFile } from '../../../cluster/components.ts'
import type { ControlPlane } from '../../../cluster/control-plane.ts'
import { writeKwokConfig } from '../../../cluster/kwok-nodes.ts'

// Agents on kwok's nodes: kwok runs the typed command on this machine, with a PATH that begins with a folder of the agent's
// own, in which its cilium-dbg is a script.

export interface FakeAgent {
  readonly pod: string
  readonly node: string
  /** Body of a shell script; `$1` and on are the words after cilium-dbg, the agent's own files are in `$AGENT`. */
  readonly tool: string
  /** Files that the script may print. */
  readonly files?: Readonly<Record<string, string>>
  readonly image?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly container?: string
  readonly namespace?: string
  /** Where connections that are forwarded to its port 9962 end on this machine. */
  readonly metricsPort?: number
}

/** A tool that prints the files `version`, `metrics` and `status`. */
export const PRINTS_FILES = 'cat "$AGENT/$1"'

/**
 * Makes the nodes and the pods of agents, and waits until they run. The cluster must not have fake nodes of its own: kwok
 * learns only at its start what its pods answer.
 */
export async function startFakeAgents(cluster: ControlPlane, agents: readonly FakeAgent[]): Promise<void> {
  for (const agent of agents) await writeAgent(cluster, agent)
  await writeKwokConfig(cluster.folder)
  const file = kwokConfigFile(cluster.folder)
  const documents = parseAllDocuments(await readFile(file, 'utf8'))
    .map((document) => document.toJS() as { kind?: string; options?: object } | null)
    .map((document) =>
      document?.kind === 'KwokConfiguration'
        ? { ...document, options: { ...document.options, enableDebuggingHandlers: true } }
        : document,
    )
  const own = agents.flatMap((agent) => handlersOf(cluster, agent))
  await writeFile(file, [...documents, ...own].map((document) => stringify(document)).join('---\n'))
  await cluster.start('kwok')
  const client = adminClient(cluster.folder, cluster.server)
  try {
    const nodes = new Set(agents.map(({ node }) => node))
    await Promise.all([...nodes].map((node) => createNode(client, node)))
    await untilReady(client, nodes)
    await Promise.all(agents.map((agent) => createPod(client, agent)))
    for (const namespace of new Set(agents.map(({ namespace = 'kube-system' }) => namespace))) {
      await untilRunning(client, namespace)
    }
  } finally {
    client.close()
  }
}

/** Changes what an agent says from now on. */
export async function writeAgent(
  cluster: Pick<ControlPlane, 'folder'>,
  { pod, tool, files = {} }: Pick<FakeAgent, 'pod' | 'tool' | 'files'>,
): Promise<void> {
  const folder = agentFolder(cluster, pod)
  await mkdir(folder, { recursive: true })
  const script = join(folder, 'cilium-dbg')
  await writeFile(script, `#!/bin/sh\n${tool}\n`)
  await chmod(script, 0o755)
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
}

function agentFolder({ folder }: Pick<ControlPlane, 'folder'>, pod: string): string {
  return join(folder, 'agents', pod)
}

function handlersOf(cluster: ControlPlane, { pod, namespace = 'kube-system', metricsPort }: FakeAgent): object[] {
  const folder = agentFolder(cluster, pod)
  const handler = (kind: string, spec: object) => ({
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind,
    metadata: { name: pod, namespace },
    spec,
  })
  const envs = [
    { name: 'PATH', value: `${folder}:/usr/bin:/bin` },
    { name: 'AGENT', value: folder },
  ]
  const exec = handler('Exec', { execs: [{ local: { envs } }] })
  if (metricsPort === undefined) return [exec]
  const target = { address: '127.0.0.1', port: metricsPort }
  return [exec, handler('PortForward', { forwards: [{ ports: [9962], target }] })]
}

async function createPod(client: ApiClient, agent: FakeAgent): Promise<void> {
  const { pod, node, namespace = 'kube-system', container = 'cilium-agent' } = agent
  const { image = 'quay.io/cilium/cilium:v1.15.19', labels = { 'k8s-app': 'cilium' } } = agent
  const { status, body } = await client.request('POST', `/api/v1/namespaces/${namespace}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: pod, labels },
    spec: {
      nodeName: node,
      hostNetwork: true,
      containers: [{ name: container, image }],
      tolerations: [{ operator: 'Exists' }],
      automountServiceAccountToken: false,
    },
  })
  if (status !== 201) throw new Error(`pod ${pod} was not created: ${status} ${JSON.stringify(body)}`)
}

async function createNode(client: ApiClient, name: string): Promise<void> {
  const resources = { cpu: '32', memory: '256Gi', pods: '110' }
  const { status, body } = await client.request('POST', '/api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, annotations: { 'kwok.x-k8s.io/node': 'fake' }, labels: { type: 'kwok' } },
    status: { allocatable: resources, capacity: resources },
  })
  if (status !== 201) throw new Error(`node ${name} was not created: ${status} ${JSON.stringify(body)}`)
}

async function untilReady(client: ApiClient, nodes: ReadonlySet<string>): Promise<void> {
  await until('these nodes are not Ready', async () => {
    const { body } = await client.request('GET', '/api/v1/nodes')
    const { items } = body as {
      items: { metadata: { name: string }; status?: { conditions?: { type: string; status: string }[] } }[]
    }
    const isReady = (item: (typeof items)[number]) =>
      item.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
    return items.filter((item) => nodes.has(item.metadata.name) && !isReady(item)).map(({ metadata }) => metadata.name)
  })
}

async function untilRunning(client: ApiClient, namespace: string): Promise<void> {
  await until('these pods do not run', async () => {
    const path = `/api/v1/namespaces/${namespace}/pods?fieldSelector=status.phase!=Running`
    const { items } = (await client.request('GET', path)).body as { items: { metadata: { name: string } }[] }
    return items.map(({ metadata }) => metadata.name)
  })
}

async function until(problem: string, find: () => Promise<readonly string[]>): Promise<void> {
  const deadlineMs = performance.now() + 60_000
  for (;;) {
    const waiting = await find()
    if (waiting.length === 0) return
    if (performance.now() > deadlineMs) throw new Error(`${problem}: ${waiting.join(', ')}`)
    await sleep(50)
  }
}
