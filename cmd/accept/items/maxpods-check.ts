import { NEEDED, NEEDED_TO_VERIFY } from '../../../lib/maxpods/permissions.ts'
import { counted } from '../../../lib/record/counted.ts'
import type { MaxPodsDetails } from '../../../lib/record/details/maxpods-details.ts'
import { type MaxPodsCheckOptions, maxPodsCheckOptions } from '../../maxpods-check/options.ts'
import { checkPlan, measureMaxPods, pauseImage } from '../../maxpods-check/run.ts'
import type { Measurement } from '../../measure.ts'
import { type ItemKind, type Measured, WEIGHT } from '../work.ts'
import { itemOptions } from './item-options.ts'
import { measuredOf } from './measured.ts'

/** Nodes and pods listed, and kubelets asked. */
const SECONDS = 1

const { verify: _, ...readOnly } = itemOptions(maxPodsCheckOptions)

export const maxPodsItem: ItemKind = {
  options: readOnly,
  sharingKey(values) {
    checkPlan(values as MaxPodsCheckOptions, [])
    return undefined
  },
  workFor([ask], context) {
    const options = ask?.values as MaxPodsCheckOptions
    const plan = checkPlan(options, [])
    const image = pauseImage(options)
    return {
      weight: WEIGHT.reads,
      look: async () => ({
        permissions: options.verify ? NEEDED_TO_VERIFY : NEEDED,
        seconds: SECONDS,
        objects: [],
      }),
      measure: async (session) => [verdictOf(await measureMaxPods(plan, image, options, session, context))],
    }
  },
}

/** That the pods of `pods` do not fit is an answer too. */
function verdictOf(measurement: Measurement): Measured {
  const measured = measuredOf(measurement)
  if (measurement.outcome !== 'failed') return measured
  const { fit } = measurement.details as unknown as MaxPodsDetails
  return {
    ...measured,
    refusal: fit === undefined ? 'the pods do not fit' : `of ${counted(fit.count, 'pod')} only ${fit.most} fit`,
  }
}
