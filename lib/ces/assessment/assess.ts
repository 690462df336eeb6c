import type { CesDetails } from '../../record/details/ces-details.ts'
import type { Finding, Metric, Outcome } from '../../record/run-record.ts'
import type { CesPlan } from '../ces-plan.ts'
import type { CesRun } from '../ces-run.ts'
import { FAN_OUT_FORMULA, listsAtStart, modelFanOut, modelRelist, RELIST_FORMULA } from '../model/fan-out.ts'
import { breakEven, savings } from '../model/savings.ts'
import { verdictWords } from '../model/verdict.ts'
import { totalOf } from '../observation/event-tally.ts'
import { isRateKnown } from '../simulator/operator-rules.ts'
import { cesFindings, cesOutcome } from './ces-findings.ts'
import { cesMetrics } from './ces-metrics.ts'
import { isComparable } from './comparable.ts'
import { fillHistogram } from './fill-histogram.ts'
import { comparedRows, figureRows, toFigures, wholeTally } from './rows.ts'

export interface Assessment {
  metrics: Metric[]
  findings: Finding[]
  details: CesDetails
  outcome: Outcome
}

export interface AssessmentOptions {
  /** Cluster sizes to model. */
  nodes: readonly number[]
  wasAborted: boolean
}

/** What the record of a run says. */
export function assess(run: CesRun, plan: CesPlan, { nodes, wasAborted }: AssessmentOptions): Assessment {
  const { detection } = plan
  const rows = figureRows(run, detection)
  const { cep, ces } = comparedRows(rows)
  const [cepFigures, cesFigures] = isComparable(run) ? [cep && toFigures(cep), ces && toFigures(ces)] : []
  const saved = cepFigures && cesFigures ? savings(cepFigures, cesFigures) : {}
  const isIdle = cepFigures?.total.events === 0 && cepFigures.objects === 0
  const fanOuts =
    cepFigures && cesFigures && !isIdle
      ? nodes.map((count) => modelFanOut(cepFigures.total, cesFigures.total, count))
      : []
  const lists = listsAtStart(detection.minor)
  const relists =
    cepFigures?.listBytes === undefined || cesFigures?.listBytes === undefined || cepFigures.objects === 0
      ? []
      : nodes.map((count) => {
          const sizes = { cepBytes: cepFigures.listBytes ?? 0, cesBytes: cesFigures.listBytes ?? 0 }
          return modelRelist(sizes, count, lists)
        })
  const even = cepFigures && cesFigures ? breakEven(cepFigures.total, cesFigures.total) : undefined
  return {
    metrics: cesMetrics(run, { rows, savings: saved, fanOuts, relists }),
    findings: cesFindings(run, plan, wasAborted),
    outcome: cesOutcome(run, plan),
    details: {
      ...describeSetup(run, plan),
      ...describeCourse(run, plan),
      rows,
      saved,
      ...(even === undefined ? {} : { breakEven: even }),
      verdict:
        cepFigures && cesFigures
          ? verdictWords({
              savings: saved,
              cep: cepFigures.total,
              ces: cesFigures.total,
              isSimulated: run.slices === 'simulated',
            })
          : [],
      fanOut: {
        formula: { ...FAN_OUT_FORMULA },
        relistFormula: { ...RELIST_FORMULA },
        listsAtStart: lists,
        rows: fanOuts.map((fanOut) => {
          const relist = relists.find((model) => model.nodes === fanOut.nodes)
          if (relist === undefined) return fanOut
          const { withoutSlicesBytes, withSlicesBytes } = relist
          return { ...fanOut, relist: { withoutSlicesBytes, withSlicesBytes } }
        }),
      },
    },
  }
}

type Setup = Pick<CesDetails, 'slices' | 'crd' | 'operator'>

function describeSetup(run: CesRun, { detection }: CesPlan): Setup {
  const { resources, crdSchemaVersion, rules, operator } = detection
  const { deployment } = operator
  const { syncDelayMs, perSecond, burst, possibleRates, ...others } = rules
  return {
    slices: { basis: run.slices, because: run.because },
    crd: {
      endpoints: resources.cep.version,
      ...(resources.ces === undefined ? {} : { slices: resources.ces.version }),
      ...(crdSchemaVersion === undefined ? {} : { schemaVersion: crdSchemaVersion }),
    },
    operator: {
      ...(deployment === undefined
        ? {}
        : {
            ...(deployment.version === undefined ? {} : { version: deployment.version }),
            deployment: `${deployment.namespace}/${deployment.name}`,
            replicas: deployment.replicas,
            ready: deployment.ready,
          }),
      rules: {
        ...others,
        ...(possibleRates === undefined ? { perSecond, burst } : { possibleRates: [...possibleRates] }),
        syncDelaySeconds: syncDelayMs / 1000,
      },
      unreadable: [...operator.gaps],
    },
  }
}

type Course = Pick<
  CesDetails,
  'steps' | 'changes' | 'fill' | 'timeline' | 'resourceVersions' | 'apiServer' | 'otherEvents' | 'slicesLeft'
>

function describeCourse(run: CesRun, { detection }: CesPlan): Course {
  const { propagation, inventory, counters, resourceVersions } = run
  const fill = (run.slices === 'measured' ? inventory?.fill : inventory?.simulated.fill) ?? []
  return {
    steps: run.steps.map(({ name, startedMs, endedMs, window, backlog }) => ({
      name,
      durationSeconds: (endedMs - startedMs) / 1000,
      cep: totalOf(window.cep),
      ces: totalOf(window.ces),
      ...(isRateKnown(detection.rules) ? { simulated: totalOf(window.simulated) } : {}),
      backlog,
    })),
    changes: {
      carried: propagation.delays.length,
      uncarried: propagation.uncarried,
      cancelled: propagation.cancelled,
    },
    fill: fillHistogram(fill, detection.rules.sliceSize),
    timeline: timelineOf(run),
    ...(resourceVersions === undefined ? {} : { resourceVersions: withSpent(resourceVersions) }),
    ...(counters === undefined ? {} : { apiServer: { events: counters.events, watchers: counters.watchers } }),
    otherEvents: totalOf(wholeTally(run, 'others')).events,
    slicesLeft: [...run.slicesLeft],
  }
}

function timelineOf(run: CesRun): CesDetails['timeline'] {
  const cep = wholeTally(run, 'cep').bySecond
  const ces = wholeTally(run, run.slices === 'measured' ? 'ces' : 'simulated').bySecond
  const seconds = [...cep.keys(), ...ces.keys()]
  const startSecond = seconds.reduce((least, second) => Math.min(least, second), Number.POSITIVE_INFINITY)
  if (!Number.isFinite(startSecond)) return { startSecond: 0, cep: [], ces: [] }
  const length = seconds.reduce((most, second) => Math.max(most, second), 0) - startSecond + 1
  const series = (bySecond: typeof cep) =>
    Array.from({ length }, (_, index) => bySecond.get(startSecond + index)?.events ?? 0)
  return { startSecond, cep: series(cep), ces: series(ces) }
}

/** Resource versions are opaque to clients, but with etcd each is a revision; where they are no numbers nothing is said. */
function withSpent({ first, last }: { first: string; last: string }): NonNullable<CesDetails['resourceVersions']> {
  const spent = /^\d+$/.test(first) && /^\d+$/.test(last) ? Number(BigInt(last) - BigInt(first)) : -1
  return { first, last, ...(spent < 0 ? {} : { spent }) }
}
