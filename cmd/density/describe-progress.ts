import type { DensityProgress, PodProgress } from '../../lib/density/density-progress.ts'
import { counted } from '../../lib/record/counted.ts'
import { printable } from '../../lib/report/printable.ts'

/** So many reasons of pending pods fit in the line. */
const MOST_REASONS = 3

/** What begins: `create: 50 objects`. */
export function describeStep({ phase, of, total }: DensityProgress): string {
  if (total === undefined) return phase
  return `${phase}: ${of === phase ? total : counted(total, of.slice(0, -1))}`
}

/** How far it is: `create 31/50   ready 27   pending 4 (ContainerCreating 4)`, `ready 40/50   …`, `delete 3/50 pods`. */
export function describeProgress({ phase, of, done, total, pods }: DensityProgress): string {
  const count = total === undefined ? `${phase} ${done}` : `${phase} ${done}/${total}`
  if (pods === undefined) return of === 'objects' || of === phase ? count : `${count} ${of}`
  // Where pods are waited for, that is what the phase counts.
  const ready = of === 'pods' ? [] : [`ready ${pods.counts.ready}`]
  return [count, ...ready, ...describeWaiting(pods)].join('   ')
}

/** The most frequent reasons first. */
function describeWaiting({ counts, waiting }: PodProgress): string[] {
  const reasons = [...waiting].sort(([, a], [, b]) => b - a)
  const pending = reasons.reduce((sum, [, count]) => sum + count, 0)
  const named = reasons.slice(0, MOST_REASONS).map(([reason, count]) => `${printable(reason)} ${count}`)
  const why = `${named.join(', ')}${reasons.length > MOST_REASONS ? ', …' : ''}`
  return [
    ...(pending === 0 ? [] : [`pending ${pending} (${why})`]),
    ...(counts.failed === 0 ? [] : [`failed ${counts.failed}`]),
  ]
}
