import type { ItemCommand } from '../../../lib/acceptance/suite/suite-schema.ts'
import type { ItemKind } from '../work.ts'
import { controlPlaneItem } from './control-plane.ts'
import { densityItem } from './density.ts'
import { dnsItem } from './dns-latency.ts'
import { loadBalancerItem } from './load-balancer.ts'
import { maxPodsItem } from './maxpods-check.ts'
import { netperfItem } from './netperf.ts'
import { networkPolicyItem } from './network-policy.ts'
import { servicesItem } from './service-reachability.ts'

/** How the items of each command are measured. */
export const itemKinds: Readonly<Record<ItemCommand, ItemKind>> = {
  netperf: netperfItem,
  density: densityItem,
  'maxpods-check': maxPodsItem,
  'control-plane': controlPlaneItem,
  'service-reachability': servicesItem,
  'dns-latency': dnsItem,
  'load-balancer': loadBalancerItem,
  'network-policy': networkPolicyItem,
}
