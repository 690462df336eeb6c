import fc from 'fast-check'
import { expect, test } from 'vitest'
import { logPodEvents } from '../../../../lib/density/instruments/pod-event-log.ts'
import { kubeletEvent } from '../pod-event.ts'

const NOON = Date.parse('2026-01-01T12:00:00Z')
const PULLED = 'Successfully pulled image "x" in 200ms (250ms including waiting). Image size: 7 bytes.'

test('the fastest event of a node sets its clock against ours, and late ones are put where they belong', () => {
  const log = logPodEvents()
  // The node's clock is an hour ahead; the first event takes 3 ms, the others up to 5 s.
  const ahead = NOON + 3_600_000
  log.record(kubeletEvent('a', 'Pulling', ahead + 100), 103)
  log.record(kubeletEvent('a', 'Pulled', ahead + 400, { message: PULLED }), 450)
  log.record(kubeletEvent('a', 'Started', ahead + 500), 5500)
  expect(log.facts().get('a')).toEqual({
    sandboxReadyMs: 103,
    startedMs: 503,
    pulls: [{ image: 'x', pullMs: 200, waitMs: 50, bytes: 7, endedMs: 403 }],
    imagesPresent: 0,
    warnings: new Map(),
  })
})

test('each node has a clock of its own', () => {
  const log = logPodEvents()
  log.record(kubeletEvent('a', 'Started', NOON + 100, { node: 'node-a' }), 110)
  log.record(kubeletEvent('b', 'Started', NOON + 9000, { node: 'node-b' }), 120)
  log.record(kubeletEvent('c', 'Started', NOON + 9050, { node: 'node-b' }), 400)
  const started = [...log.facts()].map(([uid, { startedMs }]) => [uid, startedMs])
  expect(started).toEqual([
    ['a', 110],
    ['b', 120],
    ['c', 170],
  ])
  expect(log.nodes).toEqual(new Set(['node-a', 'node-b']))
})

test('whatever the delays, no time is later than its event came nor wrong by more than the shortest delay', () => {
  const delays = fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(delays, fc.integer({ min: -1e9, max: 1e9 }), (delaysMs, skewMs) => {
      const log = logPodEvents()
      for (const [index, delay] of delaysMs.entries()) {
        log.record(kubeletEvent(`${index}`, 'Started', NOON + skewMs + index), index + delay)
      }
      const shortest = Math.min(...delaysMs)
      for (const [index] of delaysMs.entries()) {
        expect(log.facts().get(`${index}`)?.startedMs).toBeCloseTo(index + shortest, 3)
      }
    }),
  )
})

test('containers one by one: the first image shows the sandbox, the last start is the start', () => {
  const log = logPodEvents()
  const init = 'spec.initContainers{setup}'
  const present = 'Container image "x" already present on machine'
  log.record(kubeletEvent('a', 'Pulled', NOON, { message: present, fieldPath: init }), 0)
  log.record(kubeletEvent('a', 'Started', NOON + 10, { fieldPath: init }), 10)
  log.record(kubeletEvent('a', 'Pulled', NOON + 20, { message: present }), 20)
  log.record(kubeletEvent('a', 'Started', NOON + 30), 30)
  log.record(kubeletEvent('a', 'Started', NOON + 40, { fieldPath: 'spec.containers{other}' }), 40)
  expect(log.facts().get('a')).toMatchObject({ sandboxReadyMs: 0, startedMs: 40, imagesPresent: 2, pulls: [] })
})

test('a repeated event keeps its first time and its latest words', () => {
  const log = logPodEvents()
  const warning = (message: string) => kubeletEvent('a', 'FailedMount', NOON, { type: 'Warning', message })
  log.record(warning('first'), 5)
  log.record(warning('second'), 900)
  log.record(kubeletEvent('a', 'Started', NOON + 1), 901)
  expect(log.facts().get('a')).toMatchObject({ startedMs: 6, warnings: new Map([['FailedMount', 'second']]) })
  expect(log.latestMs).toBe(901)
})

test('an event whose name has no time counts from when it came', () => {
  const log = logPodEvents()
  const event = kubeletEvent('a', 'SuccessfulAttachVolume', NOON)
  log.record({ ...event, metadata: { name: '0b4ea7b6-1d6f-4c5f-9b1a-0d1f5e4f9c3a' } }, 77)
  expect(log.facts().get('a')?.volumesAttachedMs).toBe(77)
})
