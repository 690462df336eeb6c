import fc from 'fast-check'
import { expect, test } from 'vitest'
import { schedulingAdvice } from '../../../../lib/workload/scheduling/scheduling-advice.ts'
import {
  describeSchedulingFailure,
  mainReason,
  mergeSchedulingFailures,
  parseSchedulingFailure,
} from '../../../../lib/workload/scheduling/scheduling-failure.ts'

const PREEMPTION =
  'preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.'

test.each([
  [
    '1.34',
    `0/3 nodes are available: 1 Insufficient cpu, 2 Too many pods. ${PREEMPTION}`,
    3,
    [
      ['Insufficient cpu', 1],
      ['Too many pods', 2],
    ],
  ],
  [
    '1.34 names no taint',
    '0/2 nodes are available: 2 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
    2,
    [['had untolerated taint(s)', 2]],
  ],
  [
    '1.24 to 1.33',
    "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }. preemption: not eligible due to preemptionPolicy=Never.",
    2,
    [
      ["didn't match Pod's node affinity/selector", 1],
      ['had untolerated taint {node.kubernetes.io/not-ready: }', 1],
    ],
  ],
  [
    'before 1.24, with a comma inside of the reason',
    "0/5 nodes are available: 2 Insufficient memory, 3 node(s) had taint {node-role.kubernetes.io/master: }, that the pod didn't tolerate.",
    5,
    [
      ['Insufficient memory', 2],
      ['had untolerated taint {node-role.kubernetes.io/master: }', 3],
    ],
  ],
  [
    'resources with dots',
    '0/1 nodes are available: 1 Insufficient nvidia.com/gpu.',
    1,
    [['Insufficient nvidia.com/gpu', 1]],
  ],
  [
    'what holds for all nodes',
    '0/4 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling.',
    4,
    [['pod has unbound immediate PersistentVolumeClaims', 4]],
  ],
  [
    'a claim of a name with dots',
    '0/4 nodes are available: persistentvolumeclaim "data.v1-0" not found.',
    4,
    [['persistentvolumeclaim "data.v1-0" not found', 4]],
  ],
  ['no nodes', 'no nodes available to schedule pods', 0, []],
])('%s', (_, message, totalNodes, reasons) => {
  expect(parseSchedulingFailure(message)).toEqual({
    totalNodes,
    reasons: reasons.map(([reason, nodes]) => ({ reason, nodes })),
  })
})

test.each([
  '',
  '0/2 nodes are available:.',
  '0/2 nodes are available: ',
  '0/2 nodes are available: preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
  'Scheduling is blocked due to non-empty scheduling gates',
  'running PreFilter plugin "VolumeBinding": error getting PVC',
])('%j is no list of reasons', (message) => {
  expect(parseSchedulingFailure(message)).toBeUndefined()
})

test('no text makes it throw', () => {
  const pieces = fc.constantFrom(
    '0/3 nodes are available: ',
    '1 ',
    ', ',
    '. ',
    'node(s) ',
    '{a: }',
    '.',
    '9'.repeat(400),
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.oneof(pieces, fc.string())).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(text, (message) => {
      const failure = parseSchedulingFailure(message)
      if (failure === undefined) return
      mainReason(failure)
      describeSchedulingFailure(mergeSchedulingFailures([failure]))
    }),
  )
})

const reason = fc.constantFrom(
  'Insufficient cpu',
  'Insufficient example.com/fpga',
  'Too many pods',
  'node(s) had untolerated taint {a.b/c: d}',
  "node(s) had taint {a: b}, that the pod didn't tolerate",
  "node(s) didn't match pod topology spread constraints (missing required label)",
)

test('every list that a scheduler can write is read back', () => {
  const histogram = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 5000 }), reason), {
    minLength: 1,
    selector: ([, text]) => text,
  })
  fc.assert(
    fc.property(histogram, fc.integer({ min: 1 }), fc.constantFrom('', ` ${PREEMPTION}`), (entries, total, rest) => {
      // As FitError.Error does: "%v %v", sorted, joined.
      const list = entries.map(([nodes, text]) => `${nodes} ${text}`).sort()
      const parsed = parseSchedulingFailure(`0/${total} nodes are available: ${list.join(', ')}.${rest}`)
      expect(parsed?.totalNodes).toBe(total)
      expect(parsed?.reasons.map(({ nodes }) => nodes)).toEqual(list.map((item) => Number.parseInt(item, 10)))
      for (const { reason } of parsed?.reasons ?? []) expect(reason).not.toMatch(/^node\(s\)|, |\. /)
    }),
  )
})

const failure = (totalNodes: number, reasons: Record<string, number>) => ({
  totalNodes,
  reasons: Object.entries(reasons).map(([reason, nodes]) => ({ reason, nodes })),
})

test('the main reason is what fills the nodes that the pod might run on, not what shuts out others', () => {
  const main = (reasons: Record<string, number>) => mainReason(failure(9, reasons))?.reason
  expect(main({ 'had untolerated taint {x: }': 5, 'Insufficient cpu': 1, 'Too many pods': 3 })).toBe('Too many pods')
  expect(main({ 'had untolerated taint {x: }': 8, "didn't match PersistentVolume's node affinity": 1 })).toBe(
    "didn't match PersistentVolume's node affinity",
  )
  expect(main({})).toBeUndefined()
  expect(mainReason(failure(0, {}))?.reason).toBe('No nodes')
})

test('where no node without taints fits the selector, it is named before taints that can be tolerated', () => {
  const main = (reasons: Record<string, number>) => mainReason(failure(9, reasons))?.reason
  const selector = "didn't match Pod's node affinity/selector"
  expect(main({ 'had untolerated taint {x: }': 8, [selector]: 1 })).toBe(selector)
  expect(main({ 'had untolerated taint(s)': 8, [selector]: 1 })).toBe(selector)
  expect(main({ "didn't match node selector": 1, 'had untolerated taint {x: }': 8 })).toBe("didn't match node selector")
  expect(main({ 'had untolerated taint {x: }': 7, [selector]: 1, 'Insufficient cpu': 1 })).toBe('Insufficient cpu')
  const notReady = 'had untolerated taint {node.kubernetes.io/not-ready: }'
  expect(main({ [notReady]: 5, 'had untolerated taint {x: }': 1, [selector]: 3 })).toBe(notReady)
  expect(main({ 'had untolerated taint {x: }': 2, 'were unschedulable': 7 })).toBe('were unschedulable')
  expect(main({ 'had untolerated taint {x: }': 9 })).toBe('had untolerated taint {x: }')
})

test('failures of several pods make one picture', () => {
  const merged = mergeSchedulingFailures([
    failure(2, { 'Insufficient cpu': 1, 'Too many pods': 1 }),
    failure(3, { 'Too many pods': 2, 'were unschedulable': 1 }),
  ])
  expect(merged).toEqual(failure(3, { 'Too many pods': 2, 'Insufficient cpu': 1, 'were unschedulable': 1 }))
  expect(describeSchedulingFailure(merged)).toBe(
    'Too many pods on 2 of 3 nodes, Insufficient cpu on 1, were unschedulable on 1',
  )
})

test.each([
  ['Too many pods', /maxPods/],
  ['Insufficient cpu', /--cpu/],
  ['Insufficient memory', /--memory/],
  ['Insufficient nvidia.com/gpu', /allocatable nvidia\.com\/gpu/],
  ['had untolerated taint {dedicated: db}', /--toleration dedicated$/],
  ['had untolerated taint {node.kubernetes.io/not-ready: }', /ready first/],
  ['had untolerated taint(s)', /--toleration KEY/],
  ["didn't match Pod's node affinity/selector", /--node-selector/],
  ['were unschedulable', /uncordon/],
  ['pod has unbound immediate PersistentVolumeClaims', /persistentvolumeclaims/],
])('%s has advice', (reason, advice) => {
  expect(schedulingAdvice(reason)).toMatch(advice)
})

test('a reason of an unknown plugin has none', () => {
  expect(schedulingAdvice('did not please the oracle')).toBeUndefined()
})
