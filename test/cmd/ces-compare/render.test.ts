import { expect, test } from 'vitest'
import { renderCesCompare } from '../../../cmd/ces-compare/render.ts'
import { assess } from '../../../lib/ces/assessment/assess.ts'
import type { CesPlan } from '../../../lib/ces/ces-plan.ts'
import type { CesRun } from '../../../lib/ces/ces-run.ts'
import { CILIUM_ENDPOINTS } from '../../../lib/ces/kinds.ts'
import { countEvent, type EventType, openTally } from '../../../lib/ces/observation/event-tally.ts'
import { operatorRules } from '../../../lib/ces/simulator/operator-rules.ts'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import { evaluateThreshold } from '../../../lib/thresholds/evaluate.ts'
import { parseThreshold } from '../../../lib/thresholds/threshold.ts'

function tally(events: [type: EventType, count: number, bytes: number][]) {
  const result = openTally(0)
  for (const [type, count, bytes] of events) {
    for (let index = 0; index < count; index += 1) countEvent(result, type, bytes, 1000 + index * 10)
  }
  return result
}

const plan: CesPlan = {
  timeoutMs: 60_000,
  work: { kind: 'observe', durationMs: 10_000 },
  detection: {
    resources: {
      cep: CILIUM_ENDPOINTS,
      ces: { ...CILIUM_ENDPOINTS, resource: 'ciliumendpointslices', version: 'v2alpha1' },
    },
    readable: new Set(['cep', 'ces']),
    slices: 'on',
    because: 'enable-cilium-endpoint-slice is true',
    operator: { flags: {}, gaps: [] },
    minor: 17,
    rules: operatorRules({ minor: 17, flags: {}, nodes: 10 }),
    ciliumNodes: [],
    gcIntervalMs: 300_000,
  },
}

/** The measured example: 300 endpoints created, as the real operator wrote them. */
function exampleRun(change: Partial<CesRun> = {}): CesRun {
  const window = {
    cep: tally([['ADDED', 300, 1630]]),
    ces: tally([
      ['ADDED', 3, 20_000],
      ['MODIFIED', 27, 20_074],
    ]),
    simulated: tally([
      ['ADDED', 3, 20_000],
      ['MODIFIED', 25, 20_000],
    ]),
    others: tally([]),
  }
  return {
    phases: [],
    steps: [{ name: 'create', startedMs: 0, endedMs: 10_000, window, backlog: 0, waitedMs: 0 }],
    originMs: 0,
    slices: 'measured',
    because: 'enable-cilium-endpoint-slice is true',
    inventory: {
      objects: { cep: 300, ces: 3 },
      lists: {
        cep: { bytes: 481_000, seconds: 0.05, requests: 1 },
        ces: { bytes: 60_000, seconds: 0.004, requests: 1 },
      },
      fill: [100, 100, 100],
      simulated: { objects: 3, listBytes: 60_500, fill: [100, 100, 100] },
    },
    propagation: {
      delays: Array.from({ length: 300 }, (_, index) => 0.5 + index / 1000),
      folded: Array.from({ length: 30 }, () => 10),
      uncarried: 0,
      cancelled: 0,
    },
    relists: { cep: 0, ces: 0 },
    requests: [],
    instruments: [],
    findings: [],
    leftBehind: [],
    slicesLeft: [],
    ...change,
  }
}

function recordOf(run: CesRun, expressions: readonly string[] = [], of: CesPlan = plan): RunRecord {
  const { details, ...others } = assess(run, of, { nodes: [1000], wasAborted: false })
  return {
    schemaVersion: 1,
    kind: 'ces-compare',
    runId: 'abc234',
    tool: { name: 'kubectl-perf', version: 'v0.1.0' },
    startedAt: '2026-01-01T10:00:00.000Z',
    finishedAt: '2026-01-01T10:00:12.000Z',
    cluster: { serverVersion: 'v1.34.4', nodes: 10, context: 'kind', platform: 'linux/amd64' },
    parameters: {},
    phases: [],
    thresholds: expressions.map((expression) => evaluateThreshold(parseThreshold(expression), others.metrics)),
    ...others,
    details,
  }
}

const PLAIN = { wide: false, headers: true, color: false }

test('three rows, what slices save of each, the model with its formula, and the verdict in words', () => {
  expect(renderCesCompare(recordOf(exampleRun()), PLAIN)).toMatchInlineSnapshot(`
    "KIND        EVENTS     PEAK   PER-EVENT    BYTES   FULL-LIST   OBJECTS   BASIS
    CEP            300    100/s     1.63 kB   489 kB      481 kB       300   measured
    CES             30   30.0/s     20.1 kB   602 kB     60.0 kB         3   measured
    CES saves    90.0%                        -23.1%       87.5%     99.0%

    STEP     DURATION   CEP-EVENTS   CES-EVENTS   CEP-BYTES   CES-BYTES
    create      10.0s          300           30      489 kB      602 kB

    SLICES                         COUNT     P50     P99     MAX    MEAN
    change to slice                  300   649ms   796ms   799ms   650ms
    changes per CES event             30      10       -      10    10.0
    endpoints per slice (of 100)       3     100       -     100   100.0

    NODES   EVENTS   WITH-CES    BYTES   WITH-CES   RELIST   WITH-CES   BASIS
    1000      300k      30.3k   489 MB     603 MB   962 MB    60.0 MB   modelled
    Modelled for N nodes: without CES CEP × (N + 1), with CES CES × (N + 1) + CEP × 1.

    CES saves events and relists, but costs more bytes here.
    One CES event is as large as 12 CEP events, and there were 10 CEP events for each: changes trickle in more slowly than slices need to save bytes.

    PASSED in 12.0s.
    "
  `)
})

test('wide adds types, list times, the simulation beside the measured slices, and how full they are', () => {
  expect(renderCesCompare(recordOf(exampleRun()), { ...PLAIN, wide: true })).toMatchInlineSnapshot(`
    "KIND        EVENTS   ADDED   MODIFIED   DELETED     PEAK     MEAN   PER-EVENT    BYTES   FULL-LIST   LIST-TIME   OBJECTS   BASIS
    CEP            300     300          0         0    100/s   30.0/s     1.63 kB   489 kB      481 kB      50.0ms       300   measured
    CES             30       3         27         0   30.0/s   3.00/s     20.1 kB   602 kB     60.0 kB      4.00ms         3   measured
    CES             28       3         25         0   28.0/s   2.80/s     20.0 kB   560 kB     60.5 kB           -         3   simulated
    CES saves    90.0%                                                              -23.1%       87.5%                 99.0%

    STEP     DURATION   CEP-EVENTS   CES-EVENTS   CEP-BYTES   CES-BYTES
    create      10.0s          300           30      489 kB      602 kB

    SLICES                         COUNT     P50     P99     MAX    MEAN
    change to slice                  300   649ms   796ms   799ms   650ms
    changes per CES event             30      10       -      10    10.0
    endpoints per slice (of 100)       3     100       -     100   100.0

    ENDPOINTS   SLICES
    91-100           3

    CHANGES OF ENDPOINTS                 COUNT
    carried by slices                      300
    of no concern to slices                  0
    undone before a slice carried them       0

    NODES   EVENTS   WITH-CES    BYTES   WITH-CES   RELIST   WITH-CES   BASIS
    1000      300k      30.3k   489 MB     603 MB   962 MB    60.0 MB   modelled
    Modelled for N nodes: without CES CEP × (N + 1), with CES CES × (N + 1) + CEP × 1.
    Relist of all agents: without CES list of CEP × L × N (L = 2), with CES list of CES × N.

    CES saves events and relists, but costs more bytes here.
    One CES event is as large as 12 CEP events, and there were 10 CEP events for each: changes trickle in more slowly than slices need to save bytes.

    PASSED in 12.0s.
    "
  `)
})

test('slices that are simulated are called so in every place', () => {
  const run = exampleRun({ slices: 'simulated', because: 'enable-cilium-endpoint-slice is not set' })
  const text = renderCesCompare(recordOf(run), { ...PLAIN, wide: true })
  expect(text).toContain('CES would save events and relists, but would cost more bytes here.')
  expect(text).toMatch(/^CES +28 .* simulated$/m)
  expect(text).not.toContain('change to slice')
  expect(text).toContain(
    'CiliumEndpointSlices are simulated (enable-cilium-endpoint-slice is not set) as the operator of 1.17 would write them',
  )
})

const detected = (change: Partial<CesPlan['detection']>): CesPlan => ({
  ...plan,
  detection: { ...plan.detection, ...change },
})

test('a rate that is not known simulates nothing beside what was measured', () => {
  const steps = '[{"nodes":0,"limit":10,"burst":20},{"nodes":100,"limit":60,"burst":120}]'
  const rules = operatorRules({ minor: 19, flags: { 'ces-rate-limits': steps }, nodes: undefined })
  const { metrics, details, outcome } = recordOf(exampleRun(), [], detected({ rules }))
  expect(metrics.filter(({ labels }) => labels.basis === 'simulated')).toEqual([])
  expect(details).toMatchObject({
    rows: [{ kind: 'cep' }, { kind: 'ces', basis: 'measured' }],
    operator: { rules: { possibleRates: [10, 60] } },
  })
  expect(JSON.stringify(details)).not.toMatch(/"(simulated|perSecond|burst)"/)
  expect(outcome).toBe('passed')
})

test('settings and objects that may not be read are named, with what is made of it', () => {
  const gaps = ['ConfigMap cilium-config', 'Deployment cilium-operator']
  const hidden = detected({ operator: { flags: undefined, gaps }, ciliumNodes: undefined })
  const size = { count: 3, updates: 0, churned: 0 }
  const load = { kind: 'load', size, of: { kind: 'endpoints' } } as CesPlan['work']
  const { findings } = recordOf(withoutSlices(300, 42_300), [], { ...hidden, work: { kind: 'observe', durationMs: 1 } })
  const messages = findings.map(({ message }) => message)
  expect(messages).toContain(
    "This user may not read ConfigMap cilium-config and Deployment cilium-operator: the operator's limits are taken as Cilium has them where nothing else is set (100 endpoints to a slice, 10 slices per second after a burst of 20)",
  )
  expect(findings.find(({ code }) => code === 'NotSettled')?.advice).toBe(
    'is cilium-operator running? this user may not read Deployment cilium-operator',
  )
  const ofLoad = (of: CesPlan) =>
    recordOf(exampleRun(), [], { ...of, work: load }).findings.map(({ message }) => message)
  expect(ofLoad(hidden)).toContain(
    'This user may not list ciliumnodes.cilium.io, so nothing owns the endpoints: the operator removes such without a pod every 5m',
  )
  expect(ofLoad(plan)).toContain(
    'There is no CiliumNode that could own the endpoints: the operator removes such without a pod every 5m',
  )
})

/** Endpoints changed, and no slice did. */
function withoutSlices(backlog: number, waitedMs: number): CesRun {
  const run = exampleRun()
  const steps = run.steps.map((step) => ({ ...step, window: { ...step.window, ces: tally([]) }, backlog, waitedMs }))
  return { ...run, steps }
}

test('slices that carry nothing save nothing: an operator that is down is a warning, and what they save is not known', () => {
  const record = recordOf(withoutSlices(300, 42_300), ['saved_share{of=events}>0.8'])
  expect(record.outcome).toBe('no-data')
  expect(record.details).toMatchObject({ saved: {}, verdict: [], fanOut: { rows: [] } })
  expect(record.thresholds[0]).toMatchObject({ passed: false, observed: null })
  expect(record.findings).toContainEqual({
    severity: 'warning',
    code: 'NotSettled',
    message:
      '300 changes of endpoints were in no slice yet in the end, the oldest for 42s: what slices save is not known',
    advice: 'is cilium-operator running? there is no Deployment with the label io.cilium/app=operator',
    count: 300,
  })
  expect(renderCesCompare(record, PLAIN)).toMatch(/^CES saves +- +- +- +-$/m)
})

test('where there is nothing and nothing happens, slices neither save nor cost anything', () => {
  const run = exampleRun()
  const nothing = { cep: tally([]), ces: tally([]), simulated: tally([]), others: tally([]) }
  const record = recordOf({
    ...run,
    steps: run.steps.map((step) => ({ ...step, window: nothing })),
    inventory: {
      objects: { cep: 0, ces: 0 },
      lists: {
        cep: { bytes: 120, seconds: 0.01, requests: 1 },
        ces: { bytes: 131, seconds: 0.01, requests: 1 },
      },
      fill: [],
      simulated: { objects: 0, listBytes: 131, fill: [] },
    },
  })
  expect(record.outcome).toBe('passed')
  expect(record.details).toMatchObject({ saved: {}, verdict: [], fanOut: { rows: [] } })
})

test('changes that are under way to a slice in the end keep nobody from comparing, unless they are most of them', () => {
  const few = exampleRun()
  const steps = few.steps.map((step) => ({ ...step, backlog: 3, waitedMs: 400 }))
  const settling = recordOf({ ...few, steps })
  expect(settling.outcome).toBe('passed')
  expect(settling.details.saved).toMatchObject({ events: 0.9 })
  expect(settling.findings).toContainEqual({
    severity: 'info',
    code: 'NotSettled',
    message: '3 changes of endpoints were in no slice yet in the end',
    count: 3,
  })
  const most = recordOf(withoutSlices(300, 400))
  expect(most.outcome).toBe('passed')
  expect(most.details.saved).toEqual({})
  expect(most.findings).toContainEqual({
    severity: 'warning',
    code: 'NotSettled',
    message: '300 changes of endpoints were in no slice yet in the end: what slices save is not known',
    count: 300,
  })
})

test('thresholds over metrics of each basis', () => {
  const { thresholds } = recordOf(exampleRun(), [
    'saved_share{of=events}>0.8',
    'saved_share{of=bytes}>0',
    'propagation_latency.p99<1s',
    'watch_events{kind=ces,basis=measured,type=ADDED}<=3',
    'relist_bytes{nodes=1000,slices=off}<1GB',
  ])
  expect(thresholds.map(({ passed, observed }) => [passed, observed])).toEqual([
    [true, 0.9],
    [false, 1 - (3 * 20_000 + 27 * 20_074) / (300 * 1630)],
    [true, 0.796],
    [true, 3],
    // Agents of 1.17 list twice.
    [true, 962_000_000],
  ])
})
