import { dnsDefaults } from '../../../lib/acceptance/dns/dns-parameters.ts'
import {
  dnsExpectedSeconds,
  dnsPermissions,
  dnsPlannedObjects,
  measureDns,
} from '../../../lib/acceptance/dns/measure-dns.ts'
import { defineOptions, type OptionValues } from '../../option-table.ts'
import { probeItem } from './probe-item.ts'

const options = defineOptions({
  lookups: {
    kind: 'integer',
    default: dnsDefaults.lookups,
    min: 1,
    max: 100_000,
    description: 'Lookups of each name on each node',
  },
  'external-name': { kind: 'text', description: 'A name outside of the cluster, which is looked up too' },
})

export const dnsItem = probeItem({
  options,
  own(values) {
    const { lookups, externalName } = values as OptionValues<typeof options>
    return { lookups, ...(externalName === undefined ? {} : { externalName }) }
  },
  measure: measureDns,
  permissions: dnsPermissions,
  expectedSeconds: dnsExpectedSeconds,
  plannedObjects: dnsPlannedObjects,
})
