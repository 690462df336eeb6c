import { expect, test } from 'vitest'
import { slowestPods } from '../../../../lib/density/assessment/slowest-pods.ts'
import { measuredPod } from '../tracked-pods.ts'

test('the slowest come first, each with the step that exceeds its median by most', () => {
  const usual = (name: string) => measuredPod(name, 'node-a', { scheduled: 0.1, sandboxReady: 1, started: 3, ready: 1 })
  const pods = [
    usual('a'),
    usual('b'),
    usual('c'),
    measuredPod('late', 'node-b', { scheduled: 0.1, sandboxReady: 2.5, started: 3.5, ready: 1 }),
    measuredPod('pulls', 'node-b', { scheduled: 0.1, sandboxReady: 1, imagePulled: 4, started: 3, ready: 1 }),
  ]
  expect(slowestPods(pods).slice(0, 2)).toEqual([
    {
      namespace: 'ns',
      name: 'pulls',
      node: 'node-b',
      readySeconds: 9.1,
      step: 'imagePulled',
      seconds: 4,
      excessSeconds: 4,
    },
    {
      namespace: 'ns',
      name: 'late',
      node: 'node-b',
      readySeconds: 7.1,
      step: 'sandboxReady',
      seconds: 2.5,
      excessSeconds: 1.5,
    },
  ])
})

test('where no pod stands out it is the longest step, and there are ten at most', () => {
  const pods = Array.from({ length: 30 }, (_, index) => measuredPod(`${index}`, 'node-a', { scheduled: 1, ready: 2 }))
  expect(slowestPods(pods)).toHaveLength(10)
  expect(slowestPods(pods)[0]).toMatchObject({ step: 'ready', seconds: 2, excessSeconds: 0 })
  expect(slowestPods([])).toEqual([])
})
