import { expect, test } from 'vitest'
import type { KubeClient } from '../../../../lib/kube/client.ts'
import { ConnectionError } from '../../../../lib/kube/connection-error.ts'
import { observeScheduler } from '../../../../lib/workload/control-plane/scheduler-observer.ts'
import { type Answer, refusal } from '../answering-client.ts'

const live = new AbortController().signal

const metrics = (count: number, started = 1) => `# TYPE process_start_time_seconds gauge
process_start_time_seconds ${started}
# TYPE scheduler_scheduling_attempt_duration_seconds histogram
scheduler_scheduling_attempt_duration_seconds_bucket{profile="p",result="scheduled",le="1"} ${count}
scheduler_scheduling_attempt_duration_seconds_bucket{profile="p",result="scheduled",le="+Inf"} ${count}
`

const pod = (name: string, phase = 'Running', ...args: string[]) => ({
  metadata: { name, namespace: 'kube-system' },
  spec: { containers: [{ command: ['kube-scheduler'], args }] },
  status: { phase },
})

/** A cluster with these pods at `namespace selector`, each of which answers with the next of its scrapes. */
function clusterOf(
  places: Readonly<Record<string, readonly object[] | Error>>,
  scrapes: Readonly<Record<string, Answer[]>> = {},
) {
  const asked: string[] = []
  const client: Pick<KubeClient, 'list' | 'getFromPod'> = {
    async list(path, { labelSelector } = {}) {
      const place = `${path.split('/').at(-2)} ${labelSelector}`
      asked.push(place)
      const items = places[place] ?? []
      if (items instanceof Error) throw items
      return { items, resourceVersion: '1' } as never
    },
    async getFromPod({ namespace, pod: name, port, path }, { signal }) {
      signal?.throwIfAborted()
      asked.push(`${namespace}/${name}:${port}${path}`)
      const answer = scrapes[name]?.shift() ?? refusal(404, `pods "${name}" not found`)
      if (answer instanceof Error) throw answer
      return answer as string
    },
  }
  return { client, asked }
}

async function observe(client: Pick<KubeClient, 'list' | 'getFromPod'>) {
  const observer = await observeScheduler(client, live)
  const { metrics: figures, findings } = await observer.read()
  await observer.stop()
  return { counts: figures.map(({ statistics }) => statistics.count), findings }
}

const KUBEADM = 'kube-system component=kube-scheduler'
const messageOf = (reason: string) => `No figures of the scheduler itself: ${reason}`

test('the port that its arguments say, or the usual one; pods that do not run are passed over', async () => {
  const { client, asked } = clusterOf(
    { [KUBEADM]: [pod('a', 'Running', '--secure-port=10300'), pod('b'), pod('c', 'Pending')] },
    { a: [metrics(1), metrics(1)], b: [metrics(2, 7), metrics(9, 7)] },
  )
  expect(await observe(client)).toEqual({ counts: [7], findings: [] })
  const scrapes = ['kube-system/a:10300/metrics', 'kube-system/b:10259/metrics']
  expect(asked).toEqual([KUBEADM, ...scrapes, ...scrapes])
})

test.each(['kube-system k8s-app=kube-scheduler', 'openshift-kube-scheduler app=openshift-kube-scheduler'])(
  'other distributions: %s',
  async (place) => {
    const { client, asked } = clusterOf({ [place]: [pod('a')] }, { a: [metrics(1), metrics(4)] })
    expect((await observe(client)).counts).toEqual([3])
    expect(asked[0]).toBe(KUBEADM)
    expect(asked).toContain(place)
  },
)

test('without a pod there is one finding, and nothing is read', async () => {
  const { client, asked } = clusterOf({})
  expect(await observe(client)).toEqual({
    counts: [],
    findings: [
      {
        severity: 'info',
        code: 'NoSchedulerMetrics',
        message: messageOf('none is there as a pod, as where the control plane is managed, or part of another program'),
      },
    ],
  })
  expect(asked.length).toBe(3)
})

test.each<[string, Answer[], string, boolean]>([
  ['refuses the user', [refusal(403, 'forbidden: User "x" cannot get path "/metrics"')], 'forbidden: User', true],
  ['does not know the user', [refusal(401, 'Unauthorized')], 'Unauthorized', true],
  ['fails', [refusal(500, 'boom')], 'boom', false],
  [
    'cannot be reached',
    [new ConnectionError('error: connection refused', { kind: 'refused' })],
    'error: connection refused',
    false,
  ],
  ['answers with something else', ['<html>\n'], 'line 1 of the metrics', false],
  ['does not say since when it runs', ['up 1\n'], 'its metrics do not say when its process was started', false],
  ['was started anew', [metrics(1), metrics(1, 2)], 'one was started anew in between', false],
  ['is gone afterwards', [metrics(1)], 'pods "a" not found', false],
])(
  'a scheduler that %s is one finding, with advice where rights would help',
  async (_name, answers, reason, isRight) => {
    const { client } = clusterOf({ [KUBEADM]: [pod('a')] }, { a: answers })
    const { counts, findings } = await observe(client)
    expect(counts).toEqual([])
    expect(findings).toHaveLength(1)
    expect(findings[0]).toMatchObject({ severity: 'info', code: 'NoSchedulerMetrics' })
    expect(findings[0]?.message).toContain(messageOf(reason))
    expect(findings[0]?.advice?.includes('pods/portforward') ?? false).toBe(isRight)
  },
)

test('who may not list pods is told so', async () => {
  const { client } = clusterOf({ [KUBEADM]: refusal(403, 'pods is forbidden: User "x" cannot list resource "pods"') })
  const { findings } = await observe(client)
  expect(findings).toMatchObject([
    { message: messageOf('pods is forbidden: User "x" cannot list resource "pods"'), severity: 'info' },
  ])
})

test('who may look in kube-system alone is not told that a right is missing: most clusters have no other place', async () => {
  const elsewhere = 'openshift-kube-scheduler app=openshift-kube-scheduler'
  const { client } = clusterOf({ [elsewhere]: refusal(403, 'pods is forbidden: User "x" cannot list resource "pods"') })
  const { findings } = await observe(client)
  const message = messageOf(
    'none is there as a pod in kube-system, and openshift-kube-scheduler may not be looked into',
  )
  expect(findings).toEqual([{ severity: 'info', code: 'NoSchedulerMetrics', message }])
})

test('a signal that has aborted ends it with its own reason; a bug is thrown', async () => {
  const reason = new Error('enough')
  const { client } = clusterOf({ [KUBEADM]: [pod('a')] }, { a: [metrics(1)] })
  await expect(observeScheduler(client, AbortSignal.abort(reason))).rejects.toBe(reason)
  const broken = clusterOf({ [KUBEADM]: new TypeError('a bug') })
  await expect(observeScheduler(broken.client, live)).rejects.toThrow('a bug')
})

test('stopped before it is read, it asks nobody', async () => {
  const { client, asked } = clusterOf({ [KUBEADM]: [pod('a')] }, { a: [metrics(1), metrics(2)] })
  const observer = await observeScheduler(client, live)
  await observer.stop()
  const before = asked.length
  expect((await observer.read()).findings).toMatchObject([
    { message: messageOf('it did not answer before the run was over') },
  ])
  expect(asked.length).toBe(before)
})
