import { PerfError } from '../../errors/perf-error.ts'
import { counted } from '../../record/counted.ts'
import { parseJson } from '../../record/json.ts'

/** How an operator puts endpoints into slices and how fast it writes them. */
export interface OperatorRules {
  /** Most endpoints in a slice. */
  sliceSize: number
  /** fcfs: into the fullest slice of the namespace that has room; identity: of that namespace and identity. */
  sliceMode: 'fcfs' | 'identity'
  /** Slices that it looks at per second, those that turn out to need no write included. */
  perSecond: number
  burst: number
  /**
   * Where the number of nodes decides on the rate and is not known: the rates that come into question; perSecond and burst
   * are those of the smallest cluster then.
   */
  possibleRates?: readonly number[]
  /** A changed slice waits so long for more changes. */
  syncDelayMs: number
  /** Changes of a slice that already waits: wait with it (Cilium up to 1.16), or each by itself (from 1.17 on). */
  delays: 'together' | 'each'
}

/** One step of `ces-rate-limits`: in force from so many nodes on. */
export interface RateStep {
  nodes: number
  limit: number
  burst: number
}

export interface OperatorSettings {
  /** 18 for Cilium 1.18; undefined where it is not known: rules of the newest then. */
  minor: number | undefined
  /** Flags and configuration of the operator by name, as text. */
  flags: Readonly<Record<string, string>>
  /** CiliumNodes in the cluster; undefined where they cannot be counted. */
  nodes: number | undefined
}

// The operator's constants and defaults (operator/pkg/ciliumendpointslice, v1.14 to v1.20).
const SYNC_DELAY_MS = 500
const DEFAULT_SLICE_SIZE = 100
const DEFAULT_STEPS: readonly RateStep[] = [{ nodes: 0, limit: 10, burst: 20 }]
const UNSET = { limit: 10, burst: 100 }
const MOST = { limit: 50, burst: 100 }
const FIRST_WITH_STEPS = 16
const FIRST_WITH_DELAY_EACH = 17
const FIRST_WITHOUT_IDENTITY = 18
const FIRST_WITHOUT_CAP = 19

/**
 * The rules that an operator of that version follows with these settings.
 * @throws PerfError for a setting that no operator would start with
 */
export function operatorRules({ minor = Number.POSITIVE_INFINITY, flags, nodes }: OperatorSettings): OperatorRules {
  const steps = minor < FIRST_WITH_STEPS ? [{ nodes: 0, ...fixedRate(flags) }] : rateSteps(flags['ces-rate-limits'])
  const isCapped = minor < FIRST_WITHOUT_CAP
  const allowed = ({ limit, burst }: RateStep) => ({
    perSecond: isCapped ? Math.min(limit, MOST.limit) : limit,
    burst: isCapped ? Math.min(burst, MOST.burst) : burst,
  })
  const possible = steps.map(allowed)
  const isUnknown = nodes === undefined && new Set(possible.map((rate) => JSON.stringify(rate))).size > 1
  return {
    sliceSize: number(flags, 'ces-max-ciliumendpoints-per-ces', DEFAULT_SLICE_SIZE),
    sliceMode: minor < FIRST_WITHOUT_IDENTITY ? sliceMode(flags['ces-slice-mode'], minor) : 'fcfs',
    ...allowed(stepFor(steps, nodes ?? 0)),
    ...(isUnknown ? { possibleRates: possible.map(({ perSecond }) => perSecond) } : {}),
    syncDelayMs: SYNC_DELAY_MS,
    delays: minor < FIRST_WITH_DELAY_EACH ? 'together' : 'each',
  }
}

export function isRateKnown({ possibleRates }: OperatorRules): boolean {
  return possibleRates === undefined
}

/** `10 slices per second after a burst of 20`. */
export function rateWords({ perSecond, burst, possibleRates }: OperatorRules): string {
  if (possibleRates === undefined) return `${counted(perSecond, 'slice')} per second after a burst of ${burst}`
  const [least, most] = [Math.min(...possibleRates), Math.max(...possibleRates)]
  return `${least === most ? least : `${least} to ${most}`} slices per second by the number of nodes, which is not known`
}

function fixedRate(flags: OperatorSettings['flags']): { limit: number; burst: number } {
  return {
    limit: number(flags, 'ces-write-qps-limit', 10) || UNSET.limit,
    burst: number(flags, 'ces-write-qps-burst', 20) || UNSET.burst,
  }
}

/** The last step that so many nodes have reached; the first one for fewer than that. */
function stepFor(steps: readonly RateStep[], nodes: number): RateStep {
  const sorted = steps.toSorted((a, b) => a.nodes - b.nodes)
  const step = sorted.findLast((candidate, index) => index === 0 || candidate.nodes <= nodes)
  if (step === undefined) throw new PerfError('ces-rate-limits has no step')
  return step
}

function rateSteps(text: string | undefined): readonly RateStep[] {
  if (text === undefined || text === '') return DEFAULT_STEPS
  const steps = parseJson(text)
  const isStep = (value: unknown): value is Partial<RateStep> =>
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((part) => typeof part === 'number' && Number.isFinite(part))
  if (!Array.isArray(steps) || !steps.every(isStep)) throw new PerfError(`ces-rate-limits is no list of steps: ${text}`)
  return steps.map(({ nodes = 0, limit = 0, burst = 0 }) => ({ nodes, limit, burst }))
}

function number(flags: OperatorSettings['flags'], name: string, fallback: number): number {
  const text = flags[name]
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (!Number.isFinite(value) || value < 0) throw new PerfError(`${name} is no number: ${text}`)
  return value
}

/** By identity unless it is told otherwise; 1.17 has shorter words for both. */
function sliceMode(text: string | undefined, minor: number): OperatorRules['sliceMode'] {
  const isIdentity = text === undefined || text === '' || text === 'cesSliceModeIdentity'
  return isIdentity || (minor === 17 && text === 'identity') ? 'identity' : 'fcfs'
}
