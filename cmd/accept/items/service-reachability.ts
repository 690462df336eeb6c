import {
  measureServices,
  servicesExpectedSeconds,
  servicesPermissions,
  servicesPlannedObjects,
} from '../../../lib/acceptance/services/measure-services.ts'
import { servicesDefaults } from '../../../lib/acceptance/services/services-parameters.ts'
import { defineOptions, type OptionValues } from '../../option-table.ts'
import { limitOption, probeItem } from './probe-item.ts'

const options = defineOptions({
  repeats: {
    kind: 'integer',
    default: servicesDefaults.repeats,
    min: 1,
    max: 1000,
    description: 'So many Services are made, one after the other',
  },
  limit: limitOption(servicesDefaults.limitMs, 'After so long a way to a Service counts as one that does not work'),
})

export const servicesItem = probeItem({
  options,
  own(values) {
    const { repeats, limit } = values as OptionValues<typeof options>
    return { repeats, limitMs: limit }
  },
  measure: measureServices,
  permissions: servicesPermissions,
  expectedSeconds: servicesExpectedSeconds,
  plannedObjects: servicesPlannedObjects,
})
