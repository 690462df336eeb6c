import { describe, expect, test } from 'vitest'
import {
  expandIteration,
  type JobPlan,
  namespaceMetadata,
  namespaceOf,
  namespacesOf,
  type PlannedObject,
  planJob,
} from '../../../../lib/density/kube-burner/plan-job.ts'
import type { ReadOptions } from '../../../../lib/density/kube-burner/read-kube-burner-config.ts'
import { UsageError } from '../../../../lib/errors/perf-error.ts'
import { createJob, jobConfig, POD, readConfig, readUserConfig } from './reading.ts'

const IDENTITY = { uuid: 'u-1', runId: 'r-1' }

function plan(text: string, files?: Readonly<Record<string, string>>, options?: Partial<ReadOptions>): JobPlan {
  return planJob(createJob(readConfig(text, files, options)), IDENTITY)
}

function* allObjects(jobPlan: JobPlan): Generator<PlannedObject> {
  for (let iteration = 0; iteration < jobPlan.job.iterations; iteration += 1) yield* expandIteration(jobPlan, iteration)
}

function names(jobPlan: JobPlan): string[] {
  return [...allObjects(jobPlan)].map(({ namespace, manifest }) => `${namespace}/${manifest.metadata.name}`)
}

describe('the files that users have', () => {
  test('s1: two Deployments in each of ten namespaces', () => {
    const jobPlan = planJob(createJob(readUserConfig('s1-config.yaml')), IDENTITY)
    expect(jobPlan.objectCount).toBe(20)
    expect(names(jobPlan).slice(0, 4)).toEqual([
      'kube-burner-test-0/deployment-0-1',
      'kube-burner-test-0/deployment-0-2',
      'kube-burner-test-1/deployment-1-1',
      'kube-burner-test-1/deployment-1-2',
    ])
    expect(names(jobPlan)).toHaveLength(20)
    expect([...expandIteration(jobPlan, 9)].at(-1)?.manifest).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'deployment-9-2', labels: labels({ iteration: 9, replica: 2 }) },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'test-9-2' } },
        template: {
          metadata: { labels: labels({ iteration: 9, replica: 2 }) },
          spec: { containers: [{ name: 'nginx', image: 'nginx:alpine', ports: [{ containerPort: 80 }] }] },
        },
      },
    })
  })

  function labels({ iteration, replica }: { iteration: number; replica: number }): Record<string, string> {
    return {
      app: `test-${iteration}-${replica}`,
      'kube-burner-job': 'delete-me',
      'kube-burner.io/group': '0',
      'kube-burner.io/index': '0',
      'kube-burner.io/job': 'create-deployments',
      'kube-burner.io/job-iteration': String(iteration),
      'kube-burner.io/replica': String(replica),
      'kube-burner.io/runid': 'r-1',
      'kube-burner.io/uuid': 'u-1',
    }
  }

  test.each([
    ['s2-config.yaml', 150, 30],
    ['s3-config.yaml', 300, 60],
  ])('%s: %i pods in %i namespaces', (file, pods, namespaces) => {
    const jobPlan = planJob(createJob(readUserConfig(file)), IDENTITY)
    const objects = [...allObjects(jobPlan)]
    expect(jobPlan.objectCount).toBe(pods)
    expect(objects).toHaveLength(pods)
    expect(new Set(objects.map(({ namespace, manifest }) => `${namespace}/${manifest.metadata.name}`)).size).toBe(pods)
    expect(objects.every(({ manifest }) => manifest.kind === 'Pod')).toBe(true)
    expect([...new Set(objects.map(({ namespace }) => namespace))]).toEqual(namespacesOf(jobPlan.job))
    expect(namespacesOf(jobPlan.job)).toHaveLength(namespaces)
  })
})

describe('namespaces', () => {
  test('carry the labels of kube-burner, over which those of the file stand', () => {
    const labelled = createJob(
      readConfig(jobConfig('namespaceLabels: {a: b, kube-burner.io/job: mine}', 'namespaceAnnotations: {c: d}')),
    )
    expect(namespaceMetadata(labelled, IDENTITY)).toEqual({
      labels: { a: 'b', 'kube-burner.io/job': 'mine', 'kube-burner.io/uuid': 'u-1', 'kube-burner.io/runid': 'r-1' },
      annotations: { c: 'd' },
    })
  })

  const job = (...lines: string[]) => createJob(readConfig(jobConfig('jobIterations: 7', ...lines)))

  test.each([
    [['namespace: ns'], ['ns-0', 'ns-1', 'ns-2', 'ns-3', 'ns-4', 'ns-5', 'ns-6']],
    [
      ['namespace: ns', 'iterationsPerNamespace: 3'],
      ['ns-0', 'ns-0', 'ns-0', 'ns-1', 'ns-1', 'ns-1', 'ns-2'],
    ],
    [['namespace: ns', 'iterationsPerNamespace: 100'], Array(7).fill('ns-0')],
    [['namespace: ns', 'namespacedIterations: false'], Array(7).fill('ns')],
    [['namespace: ns', 'namespacedIterations: false', 'iterationsPerNamespace: 3'], Array(7).fill('ns')],
    [[], Array(7).fill(undefined)],
  ])('%j', (lines, expected) => {
    const found = Array.from({ length: 7 }, (_, iteration) => namespaceOf(job(...lines), iteration))
    expect(found).toEqual(expected)
    expect(namespacesOf(job(...lines))).toEqual([...new Set(found)].filter((name) => name !== undefined))
  })

  test("an object's own namespace stands", () => {
    const own = 'apiVersion: v1\nkind: Pod\nmetadata: {name: "a-{{.Iteration}}", namespace: fixed}'
    expect(names(plan(jobConfig('namespace: ns', 'jobIterations: 2'), { 'pod.yaml': own }))).toEqual([
      'fixed/a-0',
      'fixed/a-1',
    ])
  })
})

describe('objects', () => {
  const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: "s-{{.Iteration}}"}'

  test("in kube-burner's order, some once, some in every n-th iteration", () => {
    const text = `${jobConfig('namespace: ns', 'jobIterations: 5', 'namespacedIterations: false')}
        replicas: 2
      - {objectTemplate: secret.yaml, runOnce: true}
      - {objectTemplate: map.yaml, repeatEveryNIterations: 2}`
    const files = {
      'pod.yaml': POD,
      'secret.yaml': secret,
      'map.yaml': secret.replace('Secret', 'ConfigMap').replace('s-', 'm-'),
    }
    const jobPlan = plan(text, files)
    expect(jobPlan.kinds.map(({ index, count, sample }) => [index, count, sample.kind, sample.metadata.name])).toEqual([
      [0, 10, 'Pod', 'pod-0-1'],
      [1, 1, 'Secret', 's-0'],
      [2, 3, 'ConfigMap', 'm-0'],
    ])
    expect(jobPlan.objectCount).toBe(14)
    expect(
      [...allObjects(jobPlan)].map(({ iteration, replica, manifest }) => [iteration, replica, manifest.metadata.name]),
    ).toEqual([
      [0, 1, 'pod-0-1'],
      [0, 2, 'pod-0-2'],
      [0, 1, 's-0'],
      [0, 1, 'm-0'],
      [1, 1, 'pod-1-1'],
      [1, 2, 'pod-1-2'],
      [2, 1, 'pod-2-1'],
      [2, 2, 'pod-2-2'],
      [2, 1, 'm-1'],
      [3, 1, 'pod-3-1'],
      [3, 2, 'pod-3-2'],
      [4, 1, 'pod-4-1'],
      [4, 2, 'pod-4-2'],
      [4, 1, 'm-2'],
    ])
    // The label counts iterations as the job does, whatever the template sees.
    const third = [...expandIteration(jobPlan, 4)].at(-1)
    expect(third?.manifest.metadata.labels).toMatchObject({
      'kube-burner.io/job-iteration': '4',
      'kube-burner.io/index': '2',
    })
  })

  test('each document is an object with an index of its own', () => {
    const jobPlan = plan(`${jobConfig('namespace: ns')}\n        replicas: 2\n      - objectTemplate: secret.yaml`, {
      'pod.yaml': `${POD}---\n# nothing\n---\n${secret}`,
      'secret.yaml': secret,
    })
    expect(
      [...allObjects(jobPlan)].map(({ kind, manifest }) => [
        kind.index,
        manifest.kind,
        manifest.metadata.labels?.['kube-burner.io/index'],
      ]),
    ).toEqual([
      [0, 'Pod', '0'],
      [1, 'Secret', '1'],
      [0, 'Pod', '0'],
      [1, 'Secret', '1'],
      [2, 'Secret', '2'],
    ])
    expect(jobPlan.objectCount).toBe(5)
  })

  test('see the variables of the run, over which those of the file stand', () => {
    const template = `${POD}  annotations: {all: "{{.JobName}} {{.UUID}} {{.RunID}} {{.Iteration}} {{.Replica}} {{add .port 1}} {{.nested.x}}"}`
    const text = `${jobConfig('namespace: ns')}\n        inputVars: {port: 80, nested: {x: y}, RunID: mine}`
    expect([...allObjects(plan(text, { 'pod.yaml': template }))][0]?.manifest.metadata.annotations).toEqual({
      all: 'a-job u-1 mine 0 1 81 y',
    })
  })

  test('do not see what another one has set', () => {
    const template = `{{- if hasKey . "seen" }}{{ fail "seen" }}{{ end }}{{ $_ := set . "seen" 1 }}${POD}`
    expect(names(plan(jobConfig('namespace: ns', 'jobIterations: 3'), { 'pod.yaml': template }))).toHaveLength(3)
  })

  test('take chance from the source that was given', () => {
    const random = () => 0.5
    const job = createJob(
      readConfig(jobConfig('namespace: ns'), { 'pod.yaml': POD.replace('pod-', 'pod-{{randAlpha 4 | lower}}-') }),
    )
    const first = [...allObjects(planJob(job, IDENTITY, { random }))][0]?.manifest.metadata.name
    expect(first).toBe('pod-aaaa-0-1')
  })

  test('have missing keys as zero only where the job says so', () => {
    const template = `${POD}  annotations: {a: "{{ default "none" .missing }}"}`
    expect(() => plan(jobConfig('namespace: ns'), { 'pod.yaml': template })).toThrow(
      'dir/pod.yaml:5:39: map has no entry for key "missing"',
    )
    const lenient = plan(jobConfig('namespace: ns', 'defaultMissingKeysWithZero: true'), { 'pod.yaml': template })
    expect(lenient.kinds[0]?.sample.metadata.annotations).toEqual({ a: 'none' })
  })
})

describe('labels', () => {
  const stamped = (manifest: string) =>
    [...allObjects(plan(jobConfig('namespace: ns'), { 'pod.yaml': manifest }))][0]?.manifest
  const all = {
    'kube-burner.io/group': '0',
    'kube-burner.io/index': '0',
    'kube-burner.io/job': 'a-job',
    'kube-burner.io/job-iteration': '0',
    'kube-burner.io/replica': '1',
    'kube-burner.io/runid': 'r-1',
    'kube-burner.io/uuid': 'u-1',
  }

  test('of the file stand over those of kube-burner', () => {
    const text = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {x: z, kube-burner.io/job: mine}}'
    expect(stamped(text)?.metadata.labels).toEqual({ ...all, x: 'z', 'kube-burner.io/job': 'mine' })
  })

  test.each(['Deployment', 'DaemonSet', 'ReplicaSet', 'StatefulSet', 'VirtualMachine'])(
    'reach the pods of a %s',
    (kind) => {
      const text = `apiVersion: x/v1\nkind: ${kind}\nmetadata: {name: a, labels: {x: object}}\nspec: {selector: {matchLabels: {app: b}}, template: {metadata: {labels: {app: b, x: pod}}}}`
      // kube-burner puts the object's labels over those of its pod template.
      const labels = { ...all, app: 'b', x: 'object' }
      expect(stamped(text)?.spec).toEqual({
        selector: { matchLabels: kind === 'StatefulSet' ? labels : { app: 'b' } },
        template: { metadata: { labels } },
      })
    },
  )

  test("make a pod template's metadata where it has none", () => {
    expect(stamped('apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: a}')?.spec).toEqual({
      template: { metadata: { labels: all } },
    })
  })

  // kube-burner leaves these out, and its podLatency misses their pods.
  test('reach the pods of Jobs and CronJobs', () => {
    const job = 'metadata: {name: a}\nspec: {template: {metadata: {labels: {app: b}}}}'
    const labels = { ...all, app: 'b' }
    expect(stamped(`apiVersion: batch/v1\nkind: Job\n${job}`)?.spec).toEqual({ template: { metadata: { labels } } })
    const cronJob = 'metadata: {name: a}\nspec: {jobTemplate: {spec: {template: {metadata: {labels: {app: b}}}}}}'
    expect(stamped(`apiVersion: batch/v1\nkind: CronJob\n${cronJob}`)?.spec).toEqual({
      jobTemplate: { spec: { template: { metadata: { labels } } } },
    })
  })

  test.each(['Pod', 'Widget'])('stay on the %s itself', (kind) => {
    const text = `apiVersion: v1\nkind: ${kind}\nmetadata: {name: a}\nspec: {template: {metadata: {labels: {app: b}}}}`
    expect(stamped(text)?.metadata.labels).toEqual(all)
    expect(stamped(text)?.spec).toEqual({ template: { metadata: { labels: { app: 'b' } } } })
  })

  test('reach the volumes of a VirtualMachine', () => {
    const text =
      'apiVersion: v1\nkind: VirtualMachine\nmetadata: {name: a}\nspec: {dataVolumeTemplates: [{metadata: {name: d}}], template: {}}'
    expect(stamped(text)?.spec).toMatchObject({ dataVolumeTemplates: [{ metadata: { name: 'd', labels: all } }] })
  })
})

describe('faults', () => {
  test.each([
    ['# nothing', 'dir/pod.yaml: no object in this file'],
    ['{{if false}}x{{end}}', 'dir/pod.yaml: no object in this file'],
    ['a: b: c', 'dir/pod.yaml:1: Nested mappings'],
    ['kind: Pod', 'dir/pod.yaml:1: apiVersion is missing'],
    [`${POD}spec: {{ .nodes }}`, 'dir/pod.yaml:5:10: map has no entry for key "nodes"'],
  ])('%j is found before anything is made', (template, message) => {
    expect(() => plan(jobConfig('namespace: ns'), { 'pod.yaml': template })).toThrow(UsageError)
    expect(() => plan(jobConfig('namespace: ns'), { 'pod.yaml': template })).toThrow(message)
  })

  test('a template whose objects change in number', () => {
    const template = `${POD}{{ if eq .Iteration 2 }}---\n${POD}{{ end }}`
    const jobPlan = plan(jobConfig('namespace: ns', 'jobIterations: 4'), { 'pod.yaml': template })
    expect(() => names(jobPlan)).toThrow('dir/pod.yaml: 1 objects in iteration 0 and 2 in iteration 2')
  })
})

test('the objects of an iteration are rendered one by one', () => {
  let rendered = 0
  const random = () => {
    rendered += 1
    return 0.5
  }
  const text = `${jobConfig('namespace: ns')}\n        replicas: 20000`
  const job = createJob(readConfig(text, { 'pod.yaml': POD.replace('pod-', 'pod-{{randInt 1 9}}-') }))
  const jobPlan = planJob(job, IDENTITY, { random })
  expect([jobPlan.objectCount, rendered]).toEqual([20_000, 1])
  const [first, second] = expandIteration(jobPlan, 0)
  expect([first?.replica, second?.replica]).toEqual([1, 2])
  expect(rendered).toBe(3)
})
