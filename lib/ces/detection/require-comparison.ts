import { PerfError } from '../../errors/perf-error.ts'
import { KIND_NAMES } from '../kinds.ts'
import { RIGHTS } from '../permissions.ts'
import { isRateKnown, rateWords } from '../simulator/operator-rules.ts'
import { type Detection, whyMeasuredOrNot } from './detect-slices.ts'

/** @throws PerfError where nothing can be watched, or there will be no slices to hold endpoints against, not even simulated */
export function requireComparison(detection: Detection): void {
  const { slices, readable, rules } = detection
  if (readable.size === 0) {
    const kinds = `${KIND_NAMES.cep}s nor ${KIND_NAMES.ces}s`
    throw new PerfError(`this user may list and watch neither ${kinds}`, { advice: [RIGHTS] })
  }
  if (isRateKnown(rules) || (slices === 'on' && readable.has('ces'))) return
  throw new PerfError(
    `slices can be neither measured (${whyMeasuredOrNot(detection)}) nor simulated: the operator looks at ${rateWords(rules)}`,
    {
      advice: ['this user may list neither ciliumnodes.cilium.io nor nodes', RIGHTS],
    },
  )
}
