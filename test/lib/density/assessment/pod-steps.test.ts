import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stepSeconds } from '../../../../lib/density/assessment/pod-steps.ts'
import { facts, trackedPod } from '../tracked-pods.ts'

const round = (steps: Record<string, number> | undefined) =>
  Object.fromEntries(Object.entries(steps ?? {}).map(([step, seconds]) => [step, Math.round(seconds * 1e6) / 1e6]))

test('the way to Ready is taken apart, and its parts make the whole', () => {
  const pod = trackedPod('a', { scheduled: 20, sandboxReady: 220, initialized: 300, started: 700, ready: 900 })
  expect(round(stepSeconds(pod))).toEqual({
    scheduled: 0.02,
    sandboxReady: 0.2,
    initialized: 0.08,
    started: 0.4,
    ready: 0.2,
  })
})

test('events know better when sandbox and start were, and pulls count for themselves', () => {
  // As a kubelet writes the status: initialized at once, all the rest together.
  const pod = trackedPod('a', { scheduled: 20, initialized: 30, sandboxReady: 1500, started: 1500, ready: 1500 })
  const events = facts({
    sandboxReadyMs: 200,
    startedMs: 900,
    pulls: [{ image: 'x', pullMs: 300, waitMs: 100, endedMs: 620 }],
  })
  expect(round(stepSeconds(pod, events))).toEqual({
    scheduled: 0.02,
    sandboxReady: 0.18,
    imagePulled: 0.4,
    initialized: 0,
    started: 0.3,
    ready: 0.6,
  })
})

test('without events a pull counts for itself where it happened', () => {
  const pod = trackedPod('a', { scheduled: 0, ready: 1000 })
  const events = facts({ pulls: [{ image: 'x', pullMs: 400, endedMs: 500 }] })
  expect(round(stepSeconds(pod, events))).toEqual({ scheduled: 0, imagePulled: 0.4, ready: 0.6 })
})

test('a step that was not seen is missing, and its time is in the next one', () => {
  expect(round(stepSeconds(trackedPod('a', { scheduled: 10, started: 500, ready: 600 })))).toEqual({
    scheduled: 0.01,
    started: 0.49,
    ready: 0.1,
  })
  expect(stepSeconds(trackedPod('a', { scheduled: 10 }))).toBeUndefined()
})

test('of steps that one event showed together the last one has the time', () => {
  const pod = trackedPod('a', { scheduled: 20, initialized: 90, started: 90, ready: 90 })
  expect(round(stepSeconds(pod))).toEqual({ scheduled: 0.02, ready: 0.07 })
  const later = trackedPod('a', { scheduled: 20, initialized: 90, started: 90, ready: 100 })
  expect(round(stepSeconds(later))).toEqual({ scheduled: 0.02, started: 0.07, ready: 0.01 })
})

test('whatever was seen when, no step is negative and together they make the ready latency', () => {
  const at = fc.option(fc.integer({ min: 0, max: 5000 }), { nil: undefined })
  const pull = fc.record({ pullMs: fc.nat(100), waitMs: fc.nat(100), pauseMs: fc.nat(100) })
  fc.assert(
    fc.property(
      fc.record({ scheduled: at, sandboxReady: at, initialized: at, started: at }),
      fc.integer({ min: 0, max: 5000 }),
      at,
      at,
      fc.array(pull, { maxLength: 3 }),
      (passed, ready, sandboxReadyMs, startedMs, apart) => {
        // One after the other, as kubelets pull.
        let endedMs = 0
        const sequential = apart.map(({ pauseMs, ...pull }) => {
          endedMs += pauseMs + pull.waitMs + pull.pullMs
          return { image: 'x', ...pull, endedMs }
        })
        const known = Object.fromEntries(Object.entries({ ...passed, ready }).filter(([, ms]) => ms !== undefined))
        const events = facts({
          pulls: sequential,
          ...(sandboxReadyMs === undefined ? {} : { sandboxReadyMs }),
          ...(startedMs === undefined ? {} : { startedMs }),
        })
        const seconds = Object.values(stepSeconds(trackedPod('a', known), events) ?? {})
        expect(Math.min(...seconds)).toBeGreaterThanOrEqual(0)
        expect(seconds.reduce((sum, value) => sum + value, 0)).toBeCloseTo(ready / 1000, 9)
      },
    ),
  )
})
