import { expect, test } from 'vitest'
import { slowNodeFindings, slowNodes } from '../../../../lib/density/assessment/slow-nodes.ts'
import { measuredPod } from '../tracked-pods.ts'

const exact = () => true
/** So many pods on a node, whose sandboxes take these seconds and a little more from pod to pod. */
const sandboxes = (node: string, count: number, seconds: number) =>
  Array.from({ length: count }, (_, index) =>
    measuredPod(`${node}-${index}`, node, { sandboxReady: seconds + index / 1000, ready: 0.5 }),
  )

test('a node on which a step takes longer is named with the evidence', () => {
  const pods = [...sandboxes('node-a', 8, 0.4), ...sandboxes('node-b', 8, 2), ...sandboxes('node-c', 8, 0.4001)]
  const slow = slowNodes(pods, exact)
  expect(slow).toEqual([
    {
      node: 'node-b',
      step: 'sandboxReady',
      medianSeconds: 2.003,
      elsewhereSeconds: 0.4031,
      pods: 8,
      elsewherePods: 16,
      // All 8 of node-b are above the others: one of C(24, 8) arrangements; three nodes, two steps.
      p: expect.closeTo(6 / 735_471, 12) as number,
    },
  ])
  expect(slowNodeFindings(slow)).toEqual([
    {
      severity: 'warning',
      code: 'SlowNode',
      message:
        'node node-b is slow: sandbox and network takes 2.00s (median of 8 pods) against 0.40s elsewhere (16 pods), p<0.0001',
      advice: "kubectl describe node node-b, and its kubelet's and runtime's logs",
      objects: ['node-b'],
      count: 8,
    },
  ])
})

test('two nodes are enough', () => {
  expect(slowNodes([...sandboxes('node-a', 7, 0.4), ...sandboxes('node-b', 7, 2)], exact)).toMatchObject([
    { node: 'node-b', pods: 7, elsewherePods: 7 },
  ])
})

test.each([
  ['few pods are no evidence', 3, 0.4, 2],
  ['what is significant on a fast cluster but small is no finding', 50, 0.1, 0.3],
  ['nor is what takes less than twice as long', 50, 2, 3.9],
  ['nor are equal nodes', 50, 1, 1],
])('%s', (_, count, usual, suspect) => {
  expect(slowNodes([...sandboxes('node-a', count, usual), ...sandboxes('node-b', count, suspect)], exact)).toEqual([])
})

test('a step that only the status ends has to be longer by the period in which kubelets write it', () => {
  const onNode = (node: string, sandboxReady: number, ready: number) =>
    Array.from({ length: 20 }, (_, index) => measuredPod(`${node}-${index}`, node, { sandboxReady, ready }))
  const apart = (sandboxReady: number) => [...onNode('node-a', 0.2, 0.1), ...onNode('node-b', sandboxReady, 0.9)]
  const toldByEvents = (step: string) => step === 'sandboxReady'
  expect(slowNodes(apart(1.1), toldByEvents)).toMatchObject([{ node: 'node-b', step: 'sandboxReady' }])
  expect(slowNodes(apart(1.1), () => false)).toEqual([])
  expect(slowNodes(apart(1.3), () => false)).toMatchObject([{ node: 'node-b', step: 'sandboxReady' }])
})

test('a step that is slow is no finding where the pods are hardly slower altogether', () => {
  // As seen on equal nodes that shared a machine: sandboxes that were made in turn, and a kubelet that looked in time.
  const pods = (node: string, sandboxReady: number, started: number, ready: number) =>
    Array.from({ length: 10 }, (_, index) => measuredPod(`${node}-${index}`, node, { sandboxReady, started, ready }))
  expect(slowNodes([...pods('node-a', 0.61, 0.8, 0.5), ...pods('node-b', 1.73, 0.6, 0.3)], exact)).toEqual([])
})

test('a node that loses in one step what it gains in another is not slow', () => {
  const pods = ['node-a', 'node-b'].flatMap((node, index) =>
    Array.from({ length: 20 }, (_, pod) =>
      measuredPod(`${node}-${pod}`, node, { sandboxReady: index === 0 ? 8 : 0.5, started: index === 0 ? 0.5 : 3 }),
    ),
  )
  expect(slowNodes(pods, exact)).toMatchObject([{ node: 'node-a', step: 'sandboxReady' }])
})

test('that the scheduler is slow is no fault of the node', () => {
  const pods = ['node-a', 'node-b'].flatMap((node, index) =>
    Array.from({ length: 20 }, (_, pod) => measuredPod(`${node}-${pod}`, node, { scheduled: 5 * index, ready: 1 })),
  )
  expect(slowNodes(pods, exact)).toEqual([])
})

test('equal nodes of random speed are hardly ever named', () => {
  // A linear congruential generator (Numerical Recipes), so that every run of the test sees the same numbers.
  let state = 1
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  const exponential = () => -Math.log(1 - random())
  const named = Array.from({ length: 200 }, () => {
    const pods = Array.from({ length: 60 }, (_, index) =>
      measuredPod(`${index}`, `node-${index % 6}`, { sandboxReady: exponential(), started: 3 * exponential() }),
    )
    return slowNodes(pods, exact).length
  })
  expect(named.filter((count) => count > 0).length).toBeLessThanOrEqual(4)
})
