import type { CesPlan } from '../../lib/ces/ces-plan.ts'
import type { CesProgress } from '../../lib/ces/ces-run.ts'
import type { Detection } from '../../lib/ces/detection/detect-slices.ts'
import { rateWords } from '../../lib/ces/simulator/operator-rules.ts'
import { counted } from '../../lib/record/counted.ts'
import { formatDuration } from '../../lib/record/duration.ts'
import { printable } from '../../lib/report/printable.ts'
import { scale } from '../../lib/report/scale.ts'

/** What a run is about to do, in a sentence. */
export function describeWork(work: CesPlan['work']): string {
  if (work.kind === 'observe') return `Watching for ${formatDuration(work.durationMs)}; nothing is created.`
  const { size, of, perSecond, keep } = work
  const speed = perSecond === 0 ? 'as fast as possible' : `at ${scale(perSecond, '1/s')}`
  const steps = [
    `Creating ${of.kind === 'pods' ? counted(size.count, 'pod') : `${counted(size.count, 'CiliumEndpoint')} without pods`} ${speed}`,
    ...(size.updates === 0 ? [] : [`changing ${of.kind === 'pods' ? 'a label' : 'the identity'} of ${size.updates}`]),
    ...(size.churned === 0 ? [] : [`replacing ${size.churned}`]),
  ]
  return `${steps.join(', ')}; ${keep ? 'all kept' : 'all removed afterwards'}.`
}

/** Whether there are slices, how that is known, and who writes them. */
export function describeSlices({ slices, because, readable, operator, rules }: Detection): string {
  const { version, ready, replicas } = operator.deployment ?? {}
  const of = version === undefined ? '' : ` of Cilium ${version}`
  const limits = `${rules.sliceSize} endpoints to a slice, at most ${rateWords(rules)}`
  const state =
    slices !== 'off' && !readable.has('ces')
      ? `${slices === 'on' ? 'CES is on, but' : 'Whether CES is on is'} not for this user to see: it is simulated`
      : {
          on: 'CES is on',
          off: 'CES is off: it is simulated',
          undecided: 'Whether CES is on shows when endpoints change',
        }[slices]
  const health = ready === undefined ? '' : `, ${ready} of ${replicas} replicas ready`
  return printable(`${state} (${because}). Operator${of}: ${limits}${health}.`)
}

/** What begins: `create: 300`. */
export function describeStep({ phase, total }: CesProgress): string {
  return phase === 'observe' ? `observe: ${formatDuration(total * 1000)}` : `${phase}: ${total}`
}

/** How far it is: `create 120/300   CEP 118 events   CES 12   waiting 30`. */
export function describeProgress({ phase, done, total, events }: CesProgress): string {
  const count = `${phase} ${done}/${total}${phase === 'observe' ? 's' : ''}`
  if (events === undefined) return count
  const waiting = events.backlog === 0 ? [] : [`${events.backlog} changes in no slice yet`]
  return [count, `CEP ${events.cep} events`, `CES ${events.ces}`, ...waiting].join('   ')
}
