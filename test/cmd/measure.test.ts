import { expect, test } from 'vitest'
import { type Measurement, type MeasureOptions, runMeasurement } from '../../cmd/measure.ts'
import type { KubeClient } from '../../lib/kube/client.ts'
import type { Finding } from '../../lib/record/run-record.ts'
import { fakeContext } from './fake-context.ts'

const options = {
  output: 'table',
  color: 'never',
  quiet: true,
  noHeaders: false,
  threshold: [],
} as unknown as MeasureOptions
const left: Finding = { severity: 'error', code: 'LeftBehind', message: 'a namespace is still there' }

/** A cluster of one node. */
const client = {
  contextName: 'test',
  getJson: async (path: string) =>
    path === '/version' ? { gitVersion: 'v1.34.4', platform: 'linux/amd64' } : { items: [{}], metadata: {} },
  [Symbol.asyncDispose]: async () => {},
} as unknown as KubeClient

test.each<[string, Partial<MeasureOptions>, Finding[], string[]]>([
  ['nothing is left', {}, [], []],
  ['objects are kept', { keep: true }, [], ['kubectl perf cleanup --run 3f9kq2 -y']],
  ['objects could not be removed', {}, [left], ['kubectl perf cleanup --run 3f9kq2 -y']],
])('once it is measured and %s, a signal says what is true by then', async (_, own, findings, expected) => {
  const controller = new AbortController()
  const { context, stderr, cleanups } = fakeContext({ connect: async () => client, signal: controller.signal })
  const told: string[][] = []
  const measured: Measurement = { phases: [], metrics: [], findings, details: {}, outcome: 'passed' }
  await runMeasurement(
    {
      kind: 'density',
      apiConnections: 1,
      async measure({ willCreate }) {
        await willCreate('kubectl perf cleanup --run 3f9kq2 -y')
        told.push([...cleanups])
        return measured
      },
      render() {
        controller.abort()
        told.push([...cleanups])
        return ''
      },
    },
    { ...options, ...own },
    context,
  )
  expect(told).toEqual([['kubectl perf cleanup --run 3f9kq2 -y'], expected])
  expect(stderr()).toBe('')
  expect(cleanups).toEqual(new Set())
})
