import { expect, test } from 'vitest'
import { creationTime, hasPassed, MILESTONES, serverTime } from '../../../../lib/workload/pods/pod-status.ts'
import { conditions, pod, readyPod } from '../pods.ts'

const passed = (object: ReturnType<typeof pod>) => MILESTONES.filter((milestone) => hasPassed(object, milestone))

test('a pod passes its milestones one by one', () => {
  expect(passed(pod('a'))).toEqual([])
  expect(passed(pod('a', { nodeName: 'node-a' }))).toEqual(['scheduled'])
  const prepared = conditions({ PodReadyToStartContainers: '', Initialized: '' })
  expect(passed(pod('a', { nodeName: 'n', status: { conditions: prepared } }))).toEqual([
    'scheduled',
    'sandboxReady',
    'initialized',
  ])
  expect(passed(readyPod('a'))).toEqual([...MILESTONES])
})

test('a condition that is False is not passed', () => {
  const status = { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-01-01T00:00:04Z' }] }
  expect(hasPassed(pod('a', { status }), 'ready')).toBe(false)
  expect(serverTime(pod('a', { status }), 'ready')).toBeUndefined()
})

test('started means every container, also one that is over already', () => {
  const running = { name: 'a', state: { running: {} } }
  const waiting = { name: 'b', state: { waiting: { reason: 'ContainerCreating' } } }
  const over = { name: 'b', state: { terminated: { exitCode: 0 } } }
  expect(hasPassed(pod('a', { status: { containerStatuses: [running, waiting] } }), 'started')).toBe(false)
  expect(hasPassed(pod('a', { status: { containerStatuses: [running, over] } }), 'started')).toBe(true)
})

test("the server's times are whole seconds, started the last container's", () => {
  const second = (milestone: (typeof MILESTONES)[number]) =>
    ((serverTime(readyPod('a'), milestone) ?? Number.NaN) - (creationTime(readyPod('a')) ?? 0)) / 1000
  expect(MILESTONES.map(second)).toEqual([1, 2, 1, 3, 4])
})

test('a time that is absent or no time is undefined, never 0', () => {
  expect(creationTime({ metadata: { name: 'a' } })).toBeUndefined()
  expect(creationTime({ metadata: { name: 'a', creationTimestamp: 'soon' } })).toBeUndefined()
  expect(serverTime(pod('a', { nodeName: 'n' }), 'scheduled')).toBeUndefined()
  const started = [
    { name: 'a', state: { running: { startedAt: '2026-01-01T00:00:03Z' } } },
    { name: 'b', state: { running: {} } },
  ]
  expect(serverTime(pod('a', { status: { containerStatuses: started } }), 'started')).toBeUndefined()
})
