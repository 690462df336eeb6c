import { expect, test } from 'vitest'
import { parseExposition } from '../../../../lib/prometheus/exposition/parse-exposition.ts'
import { objectCounts } from '../../../../lib/workload/control-plane/object-counts.ts'
import { recordedScrape } from '../../prometheus/recorded.ts'

const counts = (text: string) =>
  Object.fromEntries(
    objectCounts([parseExposition(text)], 'apiserver-metrics').map(({ labels, statistics }) => [
      labels.resource,
      statistics.value,
    ]),
  )
const gauge = (lines: string, name = 'apiserver_resource_objects') =>
  `# TYPE ${name} gauge\n${lines.replaceAll('objects{', `${name}{`)}`

test('objects by resource, with the group as kubectl writes it', () => {
  const text = gauge(
    'objects{group="",resource="namespaces"} 4\nobjects{group="apps",resource="deployments"} 7\nobjects{group="",resource="pods"} 0\n',
  )
  expect(counts(text)).toEqual({ namespaces: 4, 'deployments.apps': 7, pods: 0 })
  expect(objectCounts([parseExposition(text)], 'apiserver-metrics')[0]).toEqual({
    name: 'stored_objects',
    unit: 'count',
    labels: { resource: 'namespaces' },
    statistics: { value: 4 },
    source: 'apiserver-metrics',
    resolution: 1,
  })
})

test('the newer family where both are there', () => {
  const older = gauge('objects{resource="namespaces"} 5\nobjects{resource="pods"} 5\n', 'apiserver_storage_objects')
  expect(counts(older)).toEqual({ namespaces: 5, pods: 5 })
  expect(counts(older + gauge('objects{group="",resource="namespaces"} 6\n'))).toEqual({ namespaces: 6 })
})

test('-1 is not known, and a 0 is not while nothing was counted', () => {
  expect(counts(gauge('objects{group="",resource="namespaces"} 4\nobjects{group="",resource="pods"} -1\n'))).toEqual({
    namespaces: 4,
  })
  expect(counts(gauge('objects{group="",resource="namespaces"} 0\nobjects{group="",resource="pods"} 0\n'))).toEqual({})
  expect(counts('')).toEqual({})
})

test('a real server half a minute after its start has counted what was there when it started, so nothing', () => {
  expect(counts(recordedScrape('after'))).toEqual({})
})

test('all servers count the same objects, each when it comes to it: the highest count of each', () => {
  const text = (pods: number) =>
    gauge(`objects{group="",resource="namespaces"} 4\nobjects{group="",resource="pods"} ${pods}\n`)
  const both = objectCounts([parseExposition(text(7)), parseExposition(text(9))], 'prometheus')
  expect(both.map(({ labels, statistics, source }) => [labels.resource, statistics.value, source])).toEqual([
    ['namespaces', 4, 'prometheus'],
    ['pods', 9, 'prometheus'],
  ])
})
