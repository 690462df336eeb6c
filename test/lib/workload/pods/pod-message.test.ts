import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { splitMessageItems } from '../../../../lib/kube/collections/list-items.ts'
import { objectIn } from '../../../../lib/kube/protobuf/envelope.ts'
import { addPod, emptyScan, type ScannedPod } from '../../../../lib/maxpods/facts/scan-pods.ts'
import { podOfMessage } from '../../../../lib/workload/pods/pod-message.ts'
import { createQuantityReader } from '../../../../lib/workload/pods/pod-requests.ts'

// Two pods as a v1.34 API server wrote them in either encoding: one with everything, one that is pending.

const fixture = (name: string) => readFileSync(new URL(`../../../fixtures/maxpods/${name}`, import.meta.url))
const { items: fromJson } = JSON.parse(fixture('pods.json').toString()) as { items: ScannedPod[] }
const list = splitMessageItems(objectIn(fixture('pods.protobuf')) ?? Buffer.alloc(0))
const fromMessages = list.items.map((item) => podOfMessage(item, 0, item.length))

/** What of the JSON the message's object has too. */
function alike(whole: unknown, part: unknown): unknown {
  if (Array.isArray(whole) && Array.isArray(part)) return whole.map((item, index) => alike(item, part[index]))
  if (typeof whole !== 'object' || whole === null || typeof part !== 'object' || part === null) return whole
  const own = part as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(whole).flatMap(([name, value]) => (name in own ? [[name, alike(value, own[name])]] : [])),
  )
}

test('what is read of a pod in protobuf is what its JSON says', () => {
  expect(fromMessages).toHaveLength(2)
  expect(fromMessages).toEqual(fromJson.map((pod, index) => alike(pod, fromMessages[index])))
  expect(fromMessages[0]).toMatchObject({
    metadata: {
      name: 'full',
      namespace: 'shapes',
      labels: { app: '', 'k8s-app': 'cilium' },
      annotations: { 'kubernetes.io/config.mirror': 'abc', note: 'größe' },
      ownerReferences: [{ kind: 'DaemonSet', controller: true }],
      deletionTimestamp: expect.any(String) as string,
    },
    spec: { nodeName: 'no-such-node', hostNetwork: true, initContainers: [{ restartPolicy: 'Always' }, {}] },
    status: {
      conditions: [{ type: 'PodResizePending', reason: 'Infeasible' }, {}],
      containerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } } }],
    },
  })
  expect(fromMessages[1]?.spec).not.toHaveProperty('nodeName')
})

test('pods add up to the same from either encoding', () => {
  const add = (pods: readonly ScannedPod[]) => {
    const scan = emptyScan()
    const read = createQuantityReader()
    for (const pod of pods) addPod(scan, pod, read)
    return scan
  }
  expect(add(fromMessages)).toEqual(add(fromJson))
  expect(add(fromMessages)).toMatchObject({ pods: 2, networks: new Set(['cilium']) })
})
