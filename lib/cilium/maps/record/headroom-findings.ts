import type { Headroom } from '../../../record/details/cilium-maps-details.ts'
import type { Finding } from '../../../record/run-record.ts'
import { percent } from '../advice/words.ts'
import { HIGH_PRESSURE } from '../cluster/map-state.ts'

/** What the objects of the API make necessary and does not fit, or soon will not. */
export function headroomFindings(headroom: readonly Headroom[]): Finding[] {
  return headroom.flatMap(({ what, used, limit, share }): Finding[] => {
    if (share === undefined || share < HIGH_PRESSURE) return []
    const message = `${what}: ${used} of ${limit} (${percent(share)}) by the objects of the cluster`
    return share >= 1
      ? [{ severity: 'error', code: 'HeadroomUsedUp', message }]
      : [{ severity: 'warning', code: 'HeadroomNearlyUsedUp', message }]
  })
}
