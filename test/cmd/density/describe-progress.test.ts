import { expect, test } from 'vitest'
import { describePlan } from '../../../cmd/density/describe-plan.ts'
import { describeProgress, describeStep } from '../../../cmd/density/describe-progress.ts'
import type { DensityProgress, PodProgress } from '../../../lib/density/density-progress.ts'
import type { Load, LoadPhase } from '../../../lib/density/load.ts'
import { existingNamespace, namedNamespaces } from '../../../lib/run/run-scope.ts'

const pods = (ready: number, waiting: Record<string, number> = {}, failed = 0): PodProgress => ({
  counts: { tracked: 0, expected: 50, present: 0, scheduled: 0, ready, unschedulable: 0, failed, gone: 0 },
  waiting: new Map(Object.entries(waiting)),
})

test.each<[DensityProgress, string, string]>([
  [{ phase: 'namespaces', of: 'namespaces', done: 3, total: 10 }, 'namespaces: 10', 'namespaces 3/10'],
  [{ phase: 'preload', of: 'images', done: 0, total: 1 }, 'preload: 1 image', 'preload 0/1 images'],
  [
    { phase: 'create', of: 'objects', done: 31, total: 50, pods: pods(27, { ContainerCreating: 4 }) },
    'create: 50 objects',
    'create 31/50   ready 27   pending 4 (ContainerCreating 4)',
  ],
  [
    { phase: 'ready', of: 'pods', done: 40, total: 50, pods: pods(40, { 'Too many pods': 7, a: 1, b: 1, c: 1 }, 2) },
    'ready: 50 pods',
    'ready 40/50   pending 10 (Too many pods 7, a 1, b 1, …)   failed 2',
  ],
  [{ phase: 'list', of: 'objects', done: 4, total: 20 }, 'list: 20 objects', 'list 4/20'],
  [{ phase: 'job delete', of: 'objects', done: 4, total: undefined }, 'job delete', 'job delete 4'],
  [{ phase: 'delete', of: 'pods', done: 3, total: 50 }, 'delete: 50 pods', 'delete 3/50 pods'],
  [{ phase: 'clean-up', of: 'namespaces', done: 1, total: 10 }, 'clean-up: 10 namespaces', 'clean-up 1/10 namespaces'],
])('%o', (progress, step, line) => {
  expect(describeStep(progress)).toBe(step)
  expect(describeProgress(progress)).toBe(line)
})

test('what a cluster says cannot move the cursor', () => {
  const told = describeProgress({ phase: 'ready', of: 'pods', done: 0, total: 1, pods: pods(0, { 'a\u001b[2J': 1 }) })
  expect(told).not.toContain('\u001b')
})

const phase = (count: number | undefined, perSecond: number, job?: string): LoadPhase => ({
  name: 'create',
  count,
  steps: () => [],
  pace: { perSecond, burst: 1, concurrency: 1, arrival: 'constant' },
  waitsForPods: true,
  ...(job === undefined ? {} : { job: { name: job, config: {} } }),
})
const load = (phases: LoadPhase[], count: number): Load => ({ phases, resources: [], pods: count, images: [] })
const two = namedNamespaces('3f9kq2', ['a', 'b'])

test.each([
  [load([phase(20, 20)], 20), two, false, 'Creating 2 namespaces with 20 pods at 20.0/s; all removed afterwards.'],
  [
    load([phase(6, 0), phase(6, 0)], 36),
    namedNamespaces('3f9kq2', ['a']),
    true,
    'Creating 1 namespace with 6 objects, 36 pods as fast as possible; all kept.',
  ],
  [
    load([phase(8, 100, 'a'), phase(6, 50, 'b'), phase(undefined, 5, 'c')], 0),
    two,
    false,
    'Creating 2 namespaces with 14 objects at 100/s; all removed afterwards.',
  ],
  [
    load([phase(1, 20)], 1),
    existingNamespace('3f9kq2', 'team-a'),
    false,
    'Creating 1 pod in namespace team-a at 20.0/s; all removed afterwards.',
  ],
  [
    load([phase(undefined, 10, 'a')], 0),
    namedNamespaces('3f9kq2', []),
    false,
    'Working on objects that are there already at 10.0/s.',
  ],
])('a plan in words: %#', (planned, scope, keep, words) => {
  expect(describePlan({ load: planned, scope, keep })).toBe(words)
})
