import { expect, test } from 'vitest'
import { acceptanceCatalogue } from '../../../../lib/record/catalogue/acceptance-catalogue.ts'
import { bigTcpCatalogue } from '../../../../lib/record/catalogue/bigtcp-catalogue.ts'
import { cesCatalogue } from '../../../../lib/record/catalogue/ces-catalogue.ts'
import { ciliumCatalogue } from '../../../../lib/record/catalogue/cilium-catalogue.ts'
import { controlPlaneCatalogue } from '../../../../lib/record/catalogue/control-plane-catalogue.ts'
import { loadCatalogue } from '../../../../lib/record/catalogue/load-catalogue.ts'
import { maxPodsCatalogue } from '../../../../lib/record/catalogue/maxpods-catalogue.ts'
import { isMetricName, metricDefinition } from '../../../../lib/record/catalogue/metric-catalogue.ts'
import type { MetricDefinition } from '../../../../lib/record/catalogue/metric-definition.ts'
import { netperfCatalogue } from '../../../../lib/record/catalogue/netperf-catalogue.ts'
import { schedulerCatalogue } from '../../../../lib/record/catalogue/scheduler-catalogue.ts'

const parts: readonly Readonly<Record<string, MetricDefinition>>[] = [
  acceptanceCatalogue,
  bigTcpCatalogue,
  cesCatalogue,
  ciliumCatalogue,
  controlPlaneCatalogue,
  loadCatalogue,
  maxPodsCatalogue,
  netperfCatalogue,
  schedulerCatalogue,
]

test('no part of the catalogue means by a name what another part or the common one does not', () => {
  const names = parts.flatMap((part) => Object.keys(part))
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  for (const part of parts) {
    for (const [name, definition] of Object.entries(part)) {
      expect(isMetricName(name) && metricDefinition(name), name).toBe(definition)
    }
  }
})
