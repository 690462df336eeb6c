import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  clusterLoader2Command,
  clusterLoader2Fault,
  isClusterLoader2Config,
} from '../../../../lib/density/kube-burner/cluster-loader2.ts'
import { UsageError } from '../../../../lib/errors/perf-error.ts'
import { parseThreshold } from '../../../../lib/thresholds/threshold.ts'
import { userFile } from './reading.ts'

const find = (path: string) =>
  existsSync(new URL(`../../../fixtures/user-files/${path}`, import.meta.url)) ? userFile(path) : undefined
const nothing = () => undefined

test.each(['pod-startup-config.yaml', 'large-deployment-config.yaml', 'api-load-config.yaml'])(
  '%s is recognised',
  (file) => {
    expect(isClusterLoader2Config(userFile(file))).toBe(true)
  },
)

test.each(['s1-config.yaml', 's2-config.yaml', 's3-config.yaml', 'pod.yaml', 'list-job.yaml'])('%s is none', (file) => {
  expect(isClusterLoader2Config(userFile(file))).toBe(false)
})

test.each([
  ['{{$n := DefaultParam .N 3}}\nname: x\nsteps:\n- module:\n    path: x.yaml', true],
  ['steps:\n- name: a\n  phases:\n  - {', true],
  ['steps: []\njobs: []\ntuningSets: []', false],
  ['jobs: []', false],
  ['', false],
])('%j: %s', (text, expected) => {
  expect(isClusterLoader2Config(text)).toBe(expected)
})

test.each([
  [
    'pod-startup-config.yaml',
    "kubectl perf density --iterations 1 --pods 50 --qps 5 --burst 10 --image nginx:alpine --cpu 10m --memory 20Mi --cpu-limit 50m --memory-limit 50Mi --threshold 'pod_ready_latency.p99<=30s'",
  ],
  [
    'large-deployment-config.yaml',
    'kubectl perf density --workload deployments --iterations 5 --deployments 3 --replicas 100 --scale-to 200 --qps 50 --burst 100 --image registry.k8s.io/pause:3.9 --cpu 5m --memory 10Mi',
  ],
  [
    'api-load-config.yaml',
    'kubectl perf density --workload api-load --iterations 10 --configmaps 100 --qps 100 --burst 200 --list-qps 50 --update-qps 100',
  ],
])('%s is answered with the command that does the same', (file, command) => {
  expect(clusterLoader2Command(userFile(file), file, find)).toBe(command)
  const fault = clusterLoader2Fault(userFile(file), file, find)
  expect(fault).toBeInstanceOf(UsageError)
  expect(fault.message).toBe(`${file} is a ClusterLoader2 configuration, which density does not read`)
  expect(fault.advice).toEqual([`what does the same is: ${command}`])
  const threshold = /'(.*)'/.exec(command)?.[1]
  if (threshold !== undefined) expect(parseThreshold(threshold).limit).toBe(30)
})

test('without the object templates their names tell the kind', () => {
  const command = (file: string) => clusterLoader2Command(userFile(file), file, nothing)
  expect(command('pod-startup-config.yaml')).toBe(
    "kubectl perf density --iterations 1 --pods 50 --qps 5 --burst 10 --threshold 'pod_ready_latency.p99<=30s'",
  )
  expect(command('large-deployment-config.yaml')).toBe(
    'kubectl perf density --workload deployments --iterations 5 --deployments 3 --replicas 100 --scale-to 200 --qps 50 --burst 100',
  )
})

test('a templated configuration is taken with its defaults, other objects as templates', () => {
  const text = `{{$n := DefaultParam .CL2_NAMESPACES 4}}
namespace: {number: {{$n}}}
tuningSets:
- name: Random
  poissonLoad: {expectedActionsPerSecond: {{MultiplyInt $n 5}}}
steps:
- measurements:
  - Method: PodStartupLatency
- phases:
  - namespaceRange: {min: 1, max: {{$n}}}
    replicasPerNamespace: {{DivideInt 20 $n}}
    tuningSet: Random
    objectBundle:
    - {basename: s, objectTemplatePath: service.yaml}
`
  expect(clusterLoader2Command(text, 'dir/config.yaml', nothing)).toBe(
    "kubectl perf density --workload template --template dir/service.yaml --iterations 4 --replicas 5 --qps 20 --threshold 'pod_ready_latency.p99<=5s'",
  )
})

test.each(['steps:\n- module: {path: x.yaml}', 'steps: [', '{{ .X | nope }}\nsteps: []', 'steps: []\nphases:'])(
  'for %j there is no such command',
  (text) => {
    expect(clusterLoader2Command(text, 'x.yaml', nothing)).toBeUndefined()
    expect(clusterLoader2Fault(text, 'x.yaml', nothing).advice[0]).toMatch(/^use one of --workload/)
  },
)

test('what a shell could take for something else stays out of the command', () => {
  const text = `steps:
- phases:
  - replicasPerNamespace: 2
    objectBundle:
    - basename: a
      objectTemplatePath: pod.yaml
      templateFillMap: {Image: "x; rm -rf /"}
`
  expect(clusterLoader2Command(text, 'x.yaml', find)).toBe(
    'kubectl perf density --iterations 1 --pods 2 --cpu 10m --memory 20Mi --cpu-limit 50m --memory-limit 50Mi',
  )
})
