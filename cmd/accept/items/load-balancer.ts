import { loadBalancerDefaults } from '../../../lib/acceptance/load-balancer/load-balancer-parameters.ts'
import {
  loadBalancerExpectedSeconds,
  loadBalancerPermissions,
  loadBalancerPlannedObjects,
  measureLoadBalancer,
} from '../../../lib/acceptance/load-balancer/measure-load-balancer.ts'
import { defineOptions, type OptionValues } from '../../option-table.ts'
import { limitOption, probeItem } from './probe-item.ts'

const options = defineOptions({
  repeats: {
    kind: 'integer',
    default: loadBalancerDefaults.repeats,
    min: 1,
    max: 100,
    description: 'So many Services are made, one after the other',
  },
  limit: limitOption(loadBalancerDefaults.limitMs, 'For a Service to get its address, and then to be reached'),
  'without-provider': limitOption(
    loadBalancerDefaults.withoutProviderMs,
    'The same where nothing speaks of a provider of load balancers',
  ),
})

export const loadBalancerItem = probeItem({
  options,
  own(values) {
    const { repeats, limit, withoutProvider } = values as OptionValues<typeof options>
    return { repeats, limitMs: limit, withoutProviderMs: withoutProvider }
  },
  measure: measureLoadBalancer,
  permissions: loadBalancerPermissions,
  expectedSeconds: loadBalancerExpectedSeconds,
  plannedObjects: loadBalancerPlannedObjects,
})
