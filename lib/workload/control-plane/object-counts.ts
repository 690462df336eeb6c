import type { Exposition } from '../../prometheus/exposition/exposition.ts'
import type { Metric } from '../../record/run-record.ts'
import { valueMetric } from '../../stats/metric.ts'
import { highest, samplesOf } from './series.ts'

/** Since Kubernetes 1.34, and before. */
export const STORED_OBJECTS = ['apiserver_resource_objects', 'apiserver_storage_objects'] as const

/**
 * How many objects of each resource are stored, by the API servers' own counts: all count the same. Each counts a resource every 1 to 2.2
 * minutes (k8s.io/apiserver registry/generic/registry/store.go): that old the figures can be. What it could not count (-1) is left out,
 * and so is every 0 until it has counted the namespaces, of which there always are some.
 */
export function objectCounts(scrapes: readonly Exposition[], source: string): Metric[] {
  const family = STORED_OBJECTS.find((name) => samplesOf(scrapes, name).length > 0) ?? ''
  const counted = highest(scrapes, family, ({ group = '', resource = '' }) => ({
    resource: resourceName(resource, group),
  })).map(({ labels: { resource = '' }, value }) => ({ resource, value }))
  const hasCounted = counted.some(({ resource, value }) => resource === 'namespaces' && value > 0)
  return counted
    .filter(({ value }) => value > 0 || (value === 0 && hasCounted))
    .map(({ resource, value }) => valueMetric('stored_objects', value, { labels: { resource }, source, resolution: 1 }))
}

/** As kubectl writes it. */
export function resourceName(resource: string, group: string): string {
  return group === '' ? resource : `${resource}.${group}`
}
