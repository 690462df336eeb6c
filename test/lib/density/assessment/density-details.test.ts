import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { expect, test } from 'vitest'
import { densityDetailsOf } from '../../../../lib/density/assessment/density-details.ts'
import { DensityDetailsSchema } from '../../../../lib/record/details/density-details.ts'
import { facts, runOfPods, trackedPod } from '../tracked-pods.ts'

const second = (text: string) => Date.parse(`2026-01-01T00:00:${text}Z`)

const ready = trackedPod(
  'ready',
  { scheduled: 110.0004, sandboxReady: 1600, initialized: 120, started: 1600, ready: 1600.12345 },
  {
    node: 'node-a',
    sentMs: 100,
    containersReadyMs: 1600,
    goneMs: 3250.5,
    origin: { job: 'density', iteration: 0, replica: 2 },
    server: { created: second('01'), passed: { scheduled: second('01'), ready: second('03') } },
  },
)
const pending = trackedPod(
  'pending',
  {},
  {
    reason: {
      reason: 'Unschedulable',
      message: '',
      isFinal: false,
      scheduling: { totalNodes: 2, reasons: [{ reason: 'Too many pods', nodes: 2 }] },
    },
  },
)
const podEvents = new Map([
  [
    'ready',
    facts({ sandboxReadyMs: 300, startedMs: 900, pulls: [{ image: 'x', pullMs: 200, waitMs: 50, endedMs: 600 }] }),
  ],
])
const run = runOfPods([ready, pending], {
  deleteSentMs: new Map([['ns', 3000]]),
  readings: [{ metrics: [], findings: [], podEvents }],
  loopDelay: { p99: 0.004, max: 0.02 },
  deletionLoopDelay: { p99: 0.001, max: 0.002 },
})

test('each pod has its times from the create request on, and what was not seen is missing', () => {
  expect(densityDetailsOf(run).pods).toEqual([
    {
      namespace: 'ns',
      name: 'ready',
      node: 'node-a',
      job: 'density',
      iteration: 0,
      replica: 2,
      ms: {
        scheduled: 10,
        sandboxReady: 1500,
        initialized: 20,
        started: 1500,
        ready: 1500.123,
        containersReady: 1500,
        deleted: 250.5,
      },
      server: {
        created: '2026-01-01T00:00:01Z',
        scheduled: '2026-01-01T00:00:01Z',
        ready: '2026-01-01T00:00:03Z',
      },
      events: { sandboxReady: 200, started: 800, pullWait: 50, pull: 200 },
    },
    { namespace: 'ns', name: 'pending', ms: {}, notMeasured: 'Too many pods' },
  ])
})

test('the details keep to their schema', () => {
  const validate = addFormats.default(new Ajv({ allErrors: true })).compile(DensityDetailsSchema)
  validate(JSON.parse(JSON.stringify(densityDetailsOf(run))))
  expect(validate.errors).toBeNull()
})

test('how busy this process was stands beside the pods', () => {
  expect(densityDetailsOf(run).eventLoopDelay).toEqual({ p99: 0.004, max: 0.02, deletion: { p99: 0.001, max: 0.002 } })
  expect(densityDetailsOf(runOfPods([]))).toEqual({ pods: [], slowestPods: [], slowNodes: [] })
})

test('the slowest pods say where their time went', () => {
  expect(densityDetailsOf(run).slowestPods).toMatchObject([{ name: 'ready', step: 'ready' }])
})
