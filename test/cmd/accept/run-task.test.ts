import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PlannedTask } from '../../../cmd/accept/plan.ts'
import { runTask } from '../../../cmd/accept/run-task.ts'
import type { Measured, Work } from '../../../cmd/accept/work.ts'
import type { MeasureSession } from '../../../cmd/measure.ts'
import { readSuite } from '../../../lib/acceptance/suite/read-suite.ts'
import { PerfError } from '../../../lib/errors/perf-error.ts'
import { PermissionError } from '../../../lib/kube/preflight.ts'
import { fakeContext } from '../fake-context.ts'

// An item's measuring may do anything; the run goes on.

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const { items } = readSuite(
  'name: x\nitems:\n- {name: a, level: required, command: netperf, timeout: 10s}\n- {name: b, level: optional, command: netperf, timeout: 20s}\n',
  'x',
)
const MEASURED: Measured = { outcome: 'measured', metrics: [], findings: [], phases: [] }

function run(measure: Work['measure'], signal = new AbortController().signal) {
  const task: PlannedTask = {
    items,
    work: { weight: 0, measure, look: async () => ({ permissions: [], seconds: 1, objects: [] }) },
    outlook: { permissions: [], seconds: 1, objects: [] },
  }
  const nothing = () => {}
  const session = {
    runId: 'abcdef',
    signal,
    sample: nothing,
    progress: { step: nothing, update: nothing, note: nothing, stop: nothing },
    cleanUpCommand: () => 'kubectl perf cleanup --run abcdef -y',
  } as unknown as MeasureSession
  return runTask(task, { runId: 'uvwxyz', label: '1/2', session, context: fakeContext().context })
}

const reasons = (results: readonly Measured[]) => results.map(({ outcome, reason }) => [outcome, reason])

test('what was measured is given back, and objects carry the id that they are to have', async () => {
  let command = ''
  const results = await run(async ({ runId, cleanUpCommand }, { scope }) => {
    command = `${runId} ${scope.runId} ${cleanUpCommand()}`
    return [MEASURED, MEASURED]
  })
  expect(results).toEqual([MEASURED, MEASURED])
  expect(command).toBe('uvwxyz uvwxyz kubectl perf cleanup --run uvwxyz -y')
})

test('one that is told to stop at the longest of its timeouts has no data, and keeps its findings', async () => {
  const finding = { severity: 'warning' as const, code: 'Odd', message: 'odd' }
  const ended = run(
    ({ signal }) =>
      new Promise((resolve) => {
        const result = { ...MEASURED, findings: [finding] }
        signal.addEventListener('abort', () =>
          resolve([result, { ...result, outcome: 'not-applicable', reason: 'no' }]),
        )
      }),
  )
  await vi.advanceTimersByTimeAsync(19_999)
  await expect(Promise.race([ended, Promise.resolve('running')])).resolves.toBe('running')
  await vi.advanceTimersByTimeAsync(1)
  const results = await ended
  expect(reasons(results)).toEqual([
    ['no-data', 'it did not end within its timeout of 20s'],
    ['not-applicable', 'no'],
  ])
  expect(results[0]?.findings).toEqual([finding])
})

test('one that does not stop is left alone, and what it may have left is told', async () => {
  const ended = run(() => new Promise(() => {}))
  await vi.advanceTimersByTimeAsync(20_000 + 60_000 + 15_000)
  const [first] = await ended
  expect(first).toMatchObject({
    outcome: 'no-data',
    reason: 'it did not end within its timeout of 20s, nor did its clean-up',
    findings: [{ code: 'LeftBehind', advice: 'kubectl perf cleanup --run uvwxyz -y' }],
  })
})

test('what it throws is the result of its items alone', async () => {
  const thrown = async (error: Error) => {
    const measure = async (): Promise<Measured[]> => {
      throw error
    }
    return reasons(await run(measure))[0]
  }
  expect(await thrown(new PerfError('no node'))).toEqual(['no-data', 'no node'])
  expect(await thrown(new TypeError('x is undefined'))).toEqual(['no-data', 'unexpected: TypeError: x is undefined'])
  expect(await thrown(new PermissionError('no', [{ verb: 'create', resource: 'pods' }], []))).toEqual([
    'not-permitted',
    'this user may not create pods',
  ])
})

test('an interruption is said as such', async () => {
  const controller = new AbortController()
  const ended = run(async ({ signal }) => {
    controller.abort(new Error('Ctrl-C'))
    expect(signal.aborted).toBe(true)
    return [MEASURED, MEASURED]
  }, controller.signal)
  expect(reasons(await ended)).toEqual([
    ['no-data', 'interrupted'],
    ['no-data', 'interrupted'],
  ])
})
