import { expect, test } from 'vitest'
import { createQuantityReader, podRequests, type RequestingPod } from '../../../../lib/workload/pods/pod-requests.ts'

const read = createQuantityReader()
const requests = (cpu: string, memory: string) => ({ resources: { requests: { cpu, memory } } })
const of = (pod: RequestingPod) => podRequests(pod, read)

test('quantities are rounded up to millicores and bytes, without the error of binary fractions', () => {
  expect(['0.1', '0.55', '1.1', '2', '250m', '0.0001', '4.35'].map((text) => read.cpuMillis(text))).toEqual([
    100, 550, 1100, 2000, 250, 1, 4350,
  ])
  expect(['128Mi', '1.5Gi', '1k', '0.5'].map((text) => read.memoryBytes(text))).toEqual([
    134_217_728, 1_610_612_736, 1000, 1,
  ])
  expect(read.cpuMillis(undefined)).toBe(0)
})

test('a pod without requests takes nothing', () => {
  expect(of({})).toEqual({ cpuMillis: 0, memoryBytes: 0 })
  expect(of({ spec: { containers: [{ name: 'a' }] } })).toEqual({ cpuMillis: 0, memoryBytes: 0 })
})

test('containers add up, and the overhead of the runtime class comes on top', () => {
  const containers = [
    { name: 'a', ...requests('100m', '10') },
    { name: 'b', ...requests('200m', '20') },
  ]
  expect(of({ spec: { containers } })).toEqual({ cpuMillis: 300, memoryBytes: 30 })
  expect(of({ spec: { containers, overhead: { cpu: '50m', memory: '5' } } })).toEqual({
    cpuMillis: 350,
    memoryBytes: 35,
  })
})

// The example of KEP-753 (sidecar containers, "Exposing Pod Resource Requirements"): InitContainerUse(i) is the sum of the sidecars before it and itself.
test('init containers run one after the other, beside the sidecars that were started before them', () => {
  const spec = {
    containers: [{ name: 'main', ...requests('100m', '100') }],
    initContainers: [
      { name: 'first', ...requests('500m', '10') },
      { name: 'sidecar', restartPolicy: 'Always', ...requests('200m', '20') },
      { name: 'second', ...requests('400m', '30') },
    ],
  }
  // CPU: max(100 + 200, 500, 200, 400 + 200); memory: max(100 + 20, 10, 20, 30 + 20)
  expect(of({ spec })).toEqual({ cpuMillis: 600, memoryBytes: 120 })
})

test('what is asked for the pod as a whole counts instead of its containers', () => {
  const containers = [{ name: 'a', ...requests('100m', '10') }]
  expect(of({ spec: { containers, resources: { requests: { cpu: '1' } } } })).toEqual({
    cpuMillis: 1000,
    memoryBytes: 10,
  })
})

test('a pod that is being resized counts with the largest of what it asks for, was given and has', () => {
  const spec = { containers: [{ name: 'a', ...requests('100m', '50') }] }
  const status = {
    containerStatuses: [
      {
        name: 'a',
        resources: { requests: { cpu: '300m', memory: '10' } },
        allocatedResources: { cpu: '200m', memory: '70' },
      },
    ],
  }
  expect(of({ spec, status })).toEqual({ cpuMillis: 300, memoryBytes: 70 })
  const conditions = [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }]
  const larger = { containers: [{ name: 'a', ...requests('4', '500') }] }
  expect(of({ spec: larger, status: { ...status, conditions } })).toEqual({ cpuMillis: 300, memoryBytes: 70 })
})

test('a container that has not run yet counts with what it asks for', () => {
  const spec = { containers: [{ name: 'a', ...requests('100m', '50') }] }
  expect(of({ spec, status: { containerStatuses: [{ name: 'a' }] } })).toEqual({ cpuMillis: 100, memoryBytes: 50 })
})
