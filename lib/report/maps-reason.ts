import { counted } from '../record/counted.ts'
import type { CiliumMapsDetails } from '../record/details/cilium-maps-details.ts'
import type { RunRecord } from '../record/run-record.ts'
import { brokenThresholds } from './verdict.ts'

/** What reading the maps came to: those that are full, and what could not be read. */
export function mapsReason(
  { thresholds, outcome, findings }: RunRecord,
  details: CiliumMapsDetails | undefined,
): string {
  const { maps = [], failures = [], agents = [] } = details ?? {}
  const full = maps.filter(({ state, whenFull }) => state === 'full' && whenFull === 'fails').length
  const evicting = maps.filter(({ state, whenFull }) => state === 'full' && whenFull !== 'fails').length
  const high = maps.filter(({ state }) => state === 'high').length
  const broken = brokenThresholds(thresholds)
  // Of a load, which has a table of findings for the rest.
  const fault = findings.find(({ code }) => code === 'RunFailed')
  const reasons = [
    ...(fault === undefined
      ? []
      : [[fault.message, ...(fault.advice === undefined ? [] : [`→ ${fault.advice}`])].join(' ')]),
    ...(agents.length === 0 && outcome !== 'aborted' ? ['no agent could be read'] : []),
    ...(full === 0
      ? []
      : [`${counted(full, 'map')} ${full === 1 ? 'is' : 'are'} full and ${full === 1 ? 'refuses' : 'refuse'} entries`]),
    ...(evicting === 0
      ? []
      : [
          `${counted(evicting, 'map')} ${evicting === 1 ? 'is' : 'are'} full and ${evicting === 1 ? 'evicts' : 'evict'} entries`,
        ]),
    ...(high === 0 ? [] : [`${counted(high, 'map')} ${high === 1 ? 'is' : 'are'} nearly full`]),
    ...(broken === undefined ? [] : [broken]),
    ...(failures.length === 0 || agents.length === 0 ? [] : [`${counted(failures.length, 'agent')} could not be read`]),
  ]
  return reasons.length === 0 ? 'no map is full' : reasons.join(', ')
}
