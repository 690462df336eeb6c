import { counted, times } from '../../record/counted.ts'
import { formatDuration } from '../../record/duration.ts'
import type { Finding, Outcome } from '../../record/run-record.ts'
import { runFailed } from '../../run/run-failed.ts'
import type { CesPlan } from '../ces-plan.ts'
import type { CesRun } from '../ces-run.ts'
import { KIND_NAMES, KINDS } from '../kinds.ts'
import { operatorWords } from '../load/settle.ts'
import { totalOf } from '../observation/event-tally.ts'
import { RIGHTS } from '../permissions.ts'
import { rateWords } from '../simulator/operator-rules.ts'
import { isComparable } from './comparable.ts'
import { wholeTally } from './rows.ts'

/** What a person should know beside the figures. */
export function cesFindings(run: CesRun, plan: CesPlan, wasAborted: boolean): Finding[] {
  return [
    ...(run.failure === undefined || wasAborted ? [] : [runFailed(run.failure)]),
    ...unreadable(run, plan),
    ...simulated(run, plan),
    ...settingsUnreadable(run, plan),
    ...lostEvents(run),
    ...withoutOwner(plan),
    ...ignoredLabels(run, plan),
    ...unsettled(run, plan, wasAborted),
    ...others(run),
    ...run.findings,
    ...run.leftBehind,
    ...slicesLeft(run),
  ]
}

/** Before thresholds: whether all was measured that was asked for. */
export function cesOutcome(run: CesRun, { detection }: CesPlan): Outcome {
  if (run.failure !== undefined || run.leftBehind.length > 0 || run.slicesLeft.length > 0) return 'error'
  return detection.readable.has('cep') && (isComparable(run) || !isStuck(run)) ? 'passed' : 'no-data'
}

function unreadable({ slices }: CesRun, { detection: { readable, resources } }: CesPlan): Finding[] {
  return KINDS.filter((kind) => resources[kind] !== undefined && !readable.has(kind)).map((kind) => ({
    severity: kind === 'cep' ? 'error' : 'warning',
    code: 'KindUnreadable',
    message: `This user may not list and watch ${KIND_NAMES[kind]}s${kind === 'ces' && slices === 'simulated' ? ': they are simulated' : ': there is nothing to compare with'}`,
    advice: RIGHTS,
  }))
}

function simulated({ slices, because }: CesRun, { detection }: CesPlan): Finding[] {
  if (slices === 'measured') return []
  const { sliceSize, sliceMode } = detection.rules
  const { minor } = detection
  const version = detection.operator.deployment?.version ?? (minor === undefined ? undefined : `1.${minor}`)
  const rules = `${sliceSize} endpoints to a slice, ${sliceMode === 'fcfs' ? 'first come, first served' : 'by identity'}, ${rateWords(detection.rules)}`
  return [
    {
      severity: 'info',
      code: 'SlicesSimulated',
      message: `CiliumEndpointSlices are simulated (${because}) as ${version === undefined ? 'the newest operator' : `the operator of ${version}`} would write them: ${rules}`,
    },
  ]
}

function settingsUnreadable({ slices }: CesRun, { detection: { operator, rules } }: CesPlan): Finding[] {
  if (operator.gaps.length === 0) return []
  const limits = `${rules.sliceSize} endpoints to a slice, ${rateWords(rules)}`
  return [
    {
      // Measured slices follow them, simulated ones what is taken for them.
      severity: slices === 'simulated' ? 'warning' : 'info',
      code: 'SettingsUnreadable',
      message: `This user may not read ${operator.gaps.join(' and ')}: the operator's limits are taken as Cilium has them where nothing else is set (${limits})`,
      advice: RIGHTS,
    },
  ]
}

function lostEvents({ relists }: CesRun): Finding[] {
  return KINDS.filter((kind) => relists[kind] > 0).map((kind) => ({
    severity: 'warning',
    code: 'EventsLost',
    message: `The API server had forgotten events of ${KIND_NAMES[kind]}s ${times(relists[kind])}: there were more than were counted`,
    count: relists[kind],
  }))
}

function withoutOwner({ work, detection: { ciliumNodes, gcIntervalMs } }: CesPlan): Finding[] {
  if (work.kind === 'observe' || work.of.kind === 'pods' || (ciliumNodes ?? []).length > 0) return []
  const consequence = `the operator removes such without a pod every ${formatDuration(gcIntervalMs)}`
  return [
    {
      severity: 'info',
      code: 'EndpointsWithoutOwner',
      ...(ciliumNodes === undefined
        ? {
            message: `This user may not list ciliumnodes.cilium.io, so nothing owns the endpoints: ${consequence}`,
            advice: RIGHTS,
          }
        : { message: `There is no CiliumNode that could own the endpoints: ${consequence}` }),
    },
  ]
}

function ignoredLabels({ steps }: CesRun, { work }: CesPlan): Finding[] {
  if (work.kind === 'observe' || work.of.kind !== 'pods') return []
  const update = steps.find(({ name }) => name === 'update')
  if (update === undefined || totalOf(update.window.cep).events > 0) return []
  return [
    {
      severity: 'info',
      code: 'LabelsIgnored',
      message:
        'The label updates changed no CiliumEndpoint: Cilium is configured to leave such labels out of identities',
    },
  ]
}

/** An operator waits half a second for more changes and for its rate, but not so long. */
const STUCK_MS = 10_000

function isStuck({ steps }: CesRun): boolean {
  return (steps.at(-1)?.waitedMs ?? 0) >= STUCK_MS
}

/** Of a load that was not aborted this is a failure, told already. */
function unsettled(run: CesRun, plan: CesPlan, wasAborted: boolean): Finding[] {
  const { backlog = 0, waitedMs = 0 } = run.steps.at(-1) ?? {}
  if (backlog === 0 || (plan.work.kind === 'load' && !wasAborted)) return []
  const isKnown = isComparable(run)
  const known = isKnown ? '' : ': what slices save is not known'
  const message = `${counted(backlog, 'change')} of endpoints ${backlog === 1 ? 'was' : 'were'} in no slice yet in the end`
  if (!isStuck(run)) {
    const severity = isKnown ? 'info' : 'warning'
    return [{ severity, code: 'NotSettled', message: `${message}${known}`, count: backlog }]
  }
  return [
    {
      severity: 'warning',
      code: 'NotSettled',
      message: `${message}, the oldest for ${formatDuration(Math.round(waitedMs / 1000) * 1000)}${known}`,
      advice: `is cilium-operator running? ${operatorWords(plan)}`,
      count: backlog,
    },
  ]
}

function others(run: CesRun): Finding[] {
  const { events } = totalOf(wholeTally(run, 'others'))
  if (events === 0) return []
  const message = `${events} events of other namespaces came meanwhile; they are not counted, but share the operator's rate`
  return [{ severity: 'info', code: 'OtherEvents', message, count: events }]
}

const MOST_NAMES = 20

function slicesLeft({ slicesLeft: names }: CesRun): Finding[] {
  if (names.length === 0) return []
  const objects = names.slice(0, MOST_NAMES)
  return [
    {
      severity: 'error',
      code: 'LeftBehind',
      message: `${names.length} CiliumEndpointSlices of the removed endpoints are still there: no operator has removed them`,
      advice: removalOf(objects),
      objects: objects.map((name) => `ciliumendpointslices/${name}`),
      count: names.length,
    },
  ]
}

/** The command line that removes slices which no operator has removed. */
export function removalOf(names: readonly string[]): string {
  return `kubectl delete ciliumendpointslices ${names.join(' ')}`
}
