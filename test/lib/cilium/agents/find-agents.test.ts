import { expect, test } from 'vitest'
import { type AgentQuery, findAgents, type WhyNoTool } from '../../../../lib/cilium/agents/find-agents.ts'
import type { PodObject } from '../../../../lib/workload/pods/pod-status.ts'

const signal = new AbortController().signal

interface PodFacts {
  readonly name: string
  readonly node?: string
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly containers?: readonly string[]
  readonly phase?: string
  readonly leaving?: boolean
  readonly created?: string
  readonly waiting?: string
  readonly owner?: string
}

function pod(facts: PodFacts): PodObject {
  const { name, node, namespace = 'kube-system', labels = { 'k8s-app': 'cilium' }, phase = 'Running' } = facts
  const { containers = ['cilium-agent'], waiting, owner = 'cilium', created = '2026-11-20T10:00:00Z' } = facts
  return {
    metadata: {
      name,
      namespace,
      labels,
      creationTimestamp: created,
      ownerReferences: [{ kind: 'DaemonSet', name: owner, controller: true }],
      ...(facts.leaving ? { deletionTimestamp: created } : {}),
    },
    spec: {
      ...(node === undefined ? {} : { nodeName: node }),
      containers: containers.map((container) => ({ name: container, image: `quay.io/cilium/${container}:v1.18.3` })),
    },
    status: {
      phase,
      containerStatuses: containers.map((container) => ({
        name: container,
        state: waiting === undefined ? { running: {} } : { waiting: { reason: waiting, message: 'for a reason' } },
      })),
    },
  }
}

interface Cluster {
  readonly pods?: readonly PodObject[]
  readonly daemonSets?: readonly { name: string; namespace?: string; containers: readonly [string, string][] }[]
}

async function find({ pods = [], daemonSets = [] }: Cluster, query: AgentQuery = {}, whyNoTool?: WhyNoTool) {
  const paths: string[] = []
  const list = async (path: string, { labelSelector = '' }: { labelSelector?: string } = {}) => {
    paths.push(`${path} ${labelSelector}`.trimEnd())
    const namespace = /namespaces\/([^/]+)/.exec(path)?.[1]
    const isHere = (home = 'kube-system') => namespace === undefined || namespace === home
    const items = path.endsWith('/daemonsets')
      ? daemonSets
          .filter((each) => isHere(each.namespace))
          .map(({ name, namespace: home = 'kube-system', containers }) => ({
            metadata: { name, namespace: home },
            spec: {
              selector: { matchLabels: { app: name } },
              template: { spec: { containers: containers.map(([container, image]) => ({ name: container, image })) } },
            },
          }))
      : pods.filter(({ metadata }) => {
          const [key = '', value] = labelSelector.split('=')
          return isHere(metadata.namespace) && metadata.labels?.[key] === value
        })
    return { items, resourceVersion: '1' }
  }
  const found = await findAgents({ list: list as never }, query, signal, whyNoTool)
  return { ...found, paths }
}

test('by the label of its chart in all namespaces, by node', async () => {
  const { agents, looked, paths } = await find({
    pods: [pod({ name: 'cilium-b', node: 'node-b' }), pod({ name: 'cilium-a', node: 'node-a', namespace: 'cilium' })],
  })
  expect(agents).toEqual([
    {
      namespace: 'cilium',
      pod: 'cilium-a',
      container: 'cilium-agent',
      node: 'node-a',
      image: 'quay.io/cilium/cilium-agent:v1.18.3',
      owner: 'daemonsets/cilium',
    },
    expect.objectContaining({ pod: 'cilium-b', node: 'node-b' }),
  ])
  expect({ looked, paths }).toEqual({ looked: [], paths: ['/api/v1/pods k8s-app=cilium'] })
})

test('of pods that take turns on a node the one that stays; one that does not run is an agent with a problem', async () => {
  const { agents } = await find({
    pods: [
      pod({ name: 'old', node: 'node-a', leaving: true, created: '2026-11-21T10:00:00Z' }),
      pod({ name: 'new', node: 'node-a', waiting: 'ContainerCreating', phase: 'Pending' }),
      pod({ name: 'evicted', node: 'node-b', phase: 'Failed' }),
      pod({ name: 'runs', node: 'node-b' }),
      pod({ name: 'crashes', node: 'node-c', waiting: 'CrashLoopBackOff' }),
      pod({ name: 'unscheduled' }),
    ],
  })
  expect(agents.map(({ pod: name, problem }) => [name, problem])).toEqual([
    ['new', 'ContainerCreating: for a reason'],
    ['runs', undefined],
    ['crashes', 'CrashLoopBackOff: for a reason'],
  ])
})

test('two installations on a node are two agents', async () => {
  const { agents } = await find({
    pods: [pod({ name: 'one', node: 'node-a' }), pod({ name: 'two', node: 'node-a', owner: 'anetd' })],
  })
  expect(agents.map(({ owner }) => owner)).toEqual(['daemonsets/cilium', 'daemonsets/anetd'])
})

const vendor = {
  daemonSets: [
    { name: 'cilium-envoy', containers: [['cilium-envoy', 'quay.io/cilium/cilium-envoy:v1']] as [string, string][] },
    { name: 'node-agent', containers: [['main', 'registry.example.com:5000/other:v1']] as [string, string][] },
    {
      name: 'yangtse-cilium',
      namespace: 'cni',
      containers: [
        ['install', 'example.com/busybox'],
        ['agent', 'example.com/vendor/yangtse-cilium:2'],
      ] as [string, string][],
    },
  ],
  pods: [
    pod({
      name: 'yangtse-1',
      node: 'node-a',
      namespace: 'cni',
      labels: { app: 'yangtse-cilium' },
      owner: 'yangtse-cilium',
      containers: ['install', 'agent'],
    }),
  ],
}

test('else by what runs in DaemonSets, but for other parts of Cilium, and only where the tool is', async () => {
  const asked: string[] = []
  const whyNoTool: WhyNoTool = async ({ container }) => {
    asked.push(container)
    return container === 'agent' ? undefined : 'it cannot be asked: pods "yangtse-1" is forbidden'
  }
  const { agents, looked } = await find(vendor, {}, whyNoTool)
  expect(asked).toEqual(['install', 'agent'])
  expect(agents).toMatchObject([
    { namespace: 'cni', pod: 'yangtse-1', container: 'agent', owner: 'daemonsets/yangtse-cilium' },
  ])
  expect(looked).toEqual([
    'pods with the label k8s-app=cilium in all namespaces: none',
    'pods with the label app.kubernetes.io/name=cilium-agent in all namespaces: none',
    'DaemonSet yangtse-cilium in namespace cni, container install: it cannot be asked: pods "yangtse-1" is forbidden',
  ])
})

test('where nothing may run, names decide', async () => {
  const { agents } = await find(vendor, { agentContainer: 'agent' })
  expect(agents).toMatchObject([{ pod: 'yangtse-1', container: 'agent' }])
})

test('no Cilium: where was looked', async () => {
  const { agents, looked } = await find({
    daemonSets: [{ name: 'kindnet', containers: [['kindnet', 'kindest/kindnetd']] }],
  })
  expect(agents).toEqual([])
  expect(looked.at(-1)).toBe('DaemonSets with a container or image named after Cilium in all namespaces: none of 1')
  const elsewhere = await find({}, { namespace: 'cni' })
  expect(elsewhere.looked[0]).toBe('pods with the label k8s-app=cilium in namespace cni: none')
})

test('as told: the selector alone, the only container where it has another name', async () => {
  const own = pod({ name: 'mine', node: 'node-a', labels: { my: 'agent' }, containers: ['main'] })
  const { agents, paths } = await find({ pods: [own] }, { agentSelector: 'my=agent' })
  expect(agents).toMatchObject([{ pod: 'mine', container: 'main' }])
  expect(paths).toEqual(['/api/v1/pods my=agent'])
})

test('a container that is not there is told, with those that are', async () => {
  const two = pod({ name: 'mine', node: 'node-a', labels: { my: 'agent' }, containers: ['main', 'side'] })
  await expect(find({ pods: [two] }, { agentSelector: 'my=agent', agentContainer: 'other' })).rejects.toMatchObject({
    message: 'pod "mine" has no container "other"',
    advice: ['--agent-container names one of its containers: main, side'],
  })
  await expect(find({ pods: [two] }, { agentSelector: 'my=agent' })).rejects.toThrow('has no container "cilium-agent"')
})
