import { counted } from '../../record/counted.ts'
import type { Finding, Metric } from '../../record/run-record.ts'
import { sampledMetric, valueMetric } from '../../stats/metric.ts'
import type { Effect } from './effect.ts'

/** What a step does, and by which change of which policy. */
export interface Step {
  readonly action: 'deny' | 'allow'
  readonly change: 'created' | 'deleted'
}

/** How the steps went. */
export interface EffectLog {
  /** @returns in seconds */
  effect(step: Step, effect: Effect, sinceMs: number): number
  noEffect(step: Step, node: string): void
  /** Traffic that no policy touches had stopped too: what was seen is not the policy's doing. */
  disturbed(): void
  /** Has a change had no effect on the client of this node? */
  hasFailed(node: string): boolean
  /** Has any that denies had an effect? */
  hasDenied(): boolean
  metrics(): Metric[]
  findings(limitMs: number): Finding[]
}

interface Entry {
  readonly step: Step
  readonly seconds: number[]
  readonly missingOn: string[]
  resolution: number
}

export function createEffectLog(): EffectLog {
  const entries = new Map<string, Entry>()
  let disturbances = 0
  const entryOf = (step: Step): Entry => {
    const key = `${step.action} ${step.change}`
    const known = entries.get(key)
    if (known !== undefined) return known
    const entry: Entry = { step, seconds: [], missingOn: [], resolution: 0 }
    entries.set(key, entry)
    return entry
  }
  return {
    effect(step, { atMs, resolutionSeconds }, sinceMs) {
      const entry = entryOf(step)
      const seconds = (atMs - sinceMs) / 1000
      entry.seconds.push(seconds)
      entry.resolution = Math.max(entry.resolution, resolutionSeconds)
      return seconds
    },
    noEffect: (step, node) => void entryOf(step).missingOn.push(node),
    disturbed: () => {
      disturbances += 1
    },
    hasFailed: (node) => [...entries.values()].some(({ missingOn }) => missingOn.includes(node)),
    hasDenied: () => [...entries.values()].some(({ step, seconds }) => step.action === 'deny' && seconds.length > 0),
    metrics: () => [...entries.values()].flatMap(metricsOf),
    findings: (limitMs) => [
      ...[...entries.values()].flatMap((entry) => missing(entry, limitMs)),
      ...lost(disturbances),
    ],
  }
}

function metricsOf({ step, seconds, missingOn, resolution }: Entry): Metric[] {
  const labels = { ...step }
  return [
    ...(seconds.length === 0
      ? []
      : [sampledMetric('network_policy_enforcement_latency', seconds, { labels, source: 'probe', resolution })]),
    valueMetric('network_policy_without_effect', missingOn.length, { labels, source: 'probe' }),
  ]
}

function missing({ step: { action, change }, missingOn }: Entry, limitMs: number): Finding[] {
  if (missingOn.length === 0) return []
  const nodes = [...new Set(missingOn)].sort().join(', ')
  const what = action === 'deny' ? 'still got connections' : 'got no connection'
  // Deleting the one that allows denies, and the other way about.
  const does = (action === 'deny') === (change === 'created') ? 'denies' : 'allows'
  const message = `pods on ${nodes} ${what} ${limitMs / 1000}s after a NetworkPolicy that ${does} them was ${change}`
  return [{ severity: 'error', code: 'PolicyWithoutEffect', message, count: missingOn.length }]
}

function lost(disturbances: number): Finding[] {
  if (disturbances === 0) return []
  const left = `${counted(disturbances, 'measurement')} ${disturbances === 1 ? 'was' : 'were'} left out`
  const message = `${left}: traffic that no policy touches had stopped too`
  return [{ severity: 'warning', code: 'ControlTrafficLost', message }]
}
