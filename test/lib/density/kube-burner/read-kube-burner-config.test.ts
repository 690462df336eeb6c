import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { thresholdExpressions } from '../../../../lib/density/kube-burner/job-thresholds.ts'
import type { KubeBurnerConfig } from '../../../../lib/density/kube-burner/kube-burner-config.ts'
import { UsageError } from '../../../../lib/errors/perf-error.ts'
import { parseThreshold } from '../../../../lib/thresholds/threshold.ts'
import { dict, list } from '../../../../lib/workload/template/value.ts'
import { createJob, jobConfig, onlyJob, POD, readConfig, readUserConfig, userFile } from './reading.ts'

describe('the files that users have', () => {
  test('ten iterations of two Deployments', () => {
    const config = readUserConfig('s1-config.yaml')
    expect(config.warnings).toEqual([])
    const { objects, ...job } = createJob(config)
    expect(job).toEqual({
      type: 'create',
      name: 'create-deployments',
      line: 6,
      iterations: 10,
      qps: 10,
      burst: 10,
      maxWaitTimeoutMs: 14_400_000,
      waitWhenFinished: true,
      iterationDelayMs: 0,
      pauseMs: 0,
      thresholds: [],
      gc: false,
      namespace: 'kube-burner-test',
      namespacedIterations: true,
      iterationsPerNamespace: 1,
      preCreateNamespaces: false,
      namespaceLabels: { 'kube-burner-job': 'delete-me' },
      namespaceAnnotations: {},
      podWait: false,
      verifyObjects: false,
      errorOnVerify: true,
      cleanup: true,
      preload: undefined,
      churn: undefined,
      missingKey: 'error',
    })
    expect(objects.map(({ template, ...object }) => ({ ...object, template: template.fileName }))).toEqual([
      {
        line: 17,
        template: 's1-deployment.yaml',
        replicas: 2,
        inputVars: dict(),
        wait: true,
        runOnce: false,
        everyIterations: 1,
        churn: true,
      },
    ])
  })

  test.each([
    ['s2-config.yaml', 'kube-burner-stress', 30, 50, 100, false],
    ['s3-config.yaml', 'kube-burner-extreme', 60, 100, 200, true],
  ])('%s', (file, namespace, iterations, qps, burst, preloads) => {
    const config = readUserConfig(file)
    expect(config.warnings).toEqual([])
    const job = createJob(config)
    expect({ ...job, objects: job.objects.length, preload: job.preload !== undefined }).toMatchObject({
      namespace,
      iterations,
      qps,
      burst,
      verifyObjects: true,
      waitWhenFinished: true,
      preload: preloads,
      objects: 1,
    })
    expect(job.objects[0]?.replicas).toBe(5)
  })
})

test("the defaults are kube-burner's", () => {
  const config = readConfig('jobs: [{name: x, objects: [{objectTemplate: pod.yaml}]}]')
  const { objects, ...job } = createJob(config)
  expect(objects).toHaveLength(1)
  expect(job).toMatchObject({
    iterations: 1,
    qps: 5,
    burst: 10,
    maxWaitTimeoutMs: 14_400_000,
    waitWhenFinished: true,
    podWait: false,
    verifyObjects: true,
    errorOnVerify: true,
    cleanup: true,
    gc: false,
    namespace: '',
    namespacedIterations: true,
    iterationsPerNamespace: 1,
    preload: { periodMs: 600_000, nodeLabels: {} },
  })
  expect(config).toMatchObject({ requestTimeoutMs: 60_000, gc: false, waitWhenFinished: false })
  expect(config.warnings).toEqual([
    'dir/config.yml: job "x" has no qps: 5, as kube-burner has it',
    'dir/config.yml: job "x" has no burst: 10, as kube-burner has it',
  ])
})

test('every key of a create job is read', () => {
  const config = readConfig(
    [
      'global: {gc: yes, requestTimeout: 15s, functionTemplates: [envs.tpl], measurements: [{name: podLatency}]}',
      jobConfig(
        'jobType: create',
        'jobIterations: 5',
        'jobIterationDelay: 1s500ms',
        'jobPause: 0',
        'namespace: ns',
        'namespacedIterations: off',
        'iterationsPerNamespace: 3',
        'preCreateNamespaces: true',
        'namespaceLabels: {a: 1, b: "true"}',
        'namespaceAnnotations: {c: d}',
        'waitWhenFinished: false',
        'podWait: true',
        'maxWaitTimeout: 10m',
        'verifyObjects: false',
        'errorOnVerify: false',
        'cleanup: false',
        'gc: true',
        'preLoadImages: true',
        'preLoadPeriod: 2m',
        'preLoadNodeLabels: {role: worker}',
        'defaultMissingKeysWithZero: true',
        'hooks: []',
        'watchers: []',
        'churnConfig: {cycles: 2, percent: 20, duration: 1h, delay: 30s, deleteDelay: 5s, mode: objects}',
      ),
      '        replicas: 3',
      '        wait: false',
      '        runOnce: true',
      '        churn: false',
      '        repeatEveryNIterations: 2',
      '        inputVars: {port: 80, ratio: 0.5, whole: 2.0, words: [a, b], on: yes, nested: {x: 1}}',
    ].join('\n'),
    { 'pod.yaml': `${POD}{{template "env" .}}`, 'envs.tpl': '{{define "env"}}# {{.port}}{{end}}' },
  )
  const job = createJob(config)
  expect(config).toMatchObject({ gc: true, requestTimeoutMs: 15_000 })
  expect(config.warnings).toEqual([
    'dir/config.yml: not followed: requestTimeout (line 1): use --request-timeout; preLoadPeriod (line 24): --timeout limits how long images are waited for',
  ])
  expect(job).toMatchObject({
    iterations: 5,
    iterationDelayMs: 1500,
    pauseMs: 0,
    namespace: 'ns',
    namespacedIterations: false,
    iterationsPerNamespace: 3,
    preCreateNamespaces: true,
    namespaceLabels: { a: '1', b: 'true' },
    namespaceAnnotations: { c: 'd' },
    waitWhenFinished: false,
    podWait: true,
    maxWaitTimeoutMs: 600_000,
    verifyObjects: false,
    errorOnVerify: false,
    cleanup: false,
    gc: true,
    preload: { periodMs: 120_000, nodeLabels: { role: 'worker' } },
    missingKey: 'zero',
    churn: { mode: 'objects', percent: 20, cycles: 2, durationMs: 3_600_000, delayMs: 30_000, deleteDelayMs: 5000 },
    thresholds: [],
  })
  expect(job.objects[0]).toMatchObject({ replicas: 3, wait: false, runOnce: true, churn: false, everyIterations: 2 })
  expect(job.objects[0]?.inputVars).toEqual(
    dict([
      ['port', 80n],
      ['ratio', 0.5],
      ['whole', 2],
      ['words', list(['a', 'b'])],
      ['on', 'yes'],
      ['nested', dict([['x', 1n]])],
    ]),
  )
})

describe('churn', () => {
  const churnOf = (...lines: string[]) => createJob(readConfig(jobConfig(...lines))).churn

  test('in the keys of version 1 has its defaults', () => {
    expect(churnOf('churn: true')).toEqual({
      mode: 'namespaces',
      percent: 10,
      cycles: 100,
      durationMs: 3_600_000,
      delayMs: 300_000,
      deleteDelayMs: 0,
    })
    expect(
      churnOf(
        'churn: true',
        'churnPercent: 25',
        'churnCycles: 3',
        'churnDuration: 0s',
        'churnDelay: 1m',
        'churnDeletionStrategy: default',
      ),
    ).toEqual({ mode: 'namespaces', percent: 25, cycles: 3, durationMs: undefined, delayMs: 60_000, deleteDelayMs: 0 })
    expect(churnOf('churn: false', 'churnCycles: 3')).toBeUndefined()
  })

  test('without cycles and duration is off', () => {
    expect(churnOf('churnConfig: {percent: 50}')).toBeUndefined()
    expect(churnOf('churnConfig: {}')).toBeUndefined()
    expect(churnOf('churnConfig: {duration: 1m, percent: 5}')).toMatchObject({ cycles: undefined, durationMs: 60_000 })
  })
})

test('delete, patch and read jobs', () => {
  const config = readConfig(
    `jobs:
- name: remove
  jobType: delete
  jobIterations: 7
  waitForDeletion: false
  qps: 1
  burst: 1
  objects:
  - {kind: Deployment, apiVersion: apps/v1, labelSelector: {kube-burner.io/job: create}}
  - {kind: Secret, labelSelector: {a: b, c: 1}}
- name: look
  jobType: read
  jobIterations: 4
  qps: 1
  burst: 1
  objects: [{kind: Pod, labelSelector: {a: b}}]
- name: change
  jobType: patch
  jobIterations: 2
  qps: 1
  burst: 1
  executionMode: parallel
  objects:
  - kind: Deployment
    apiVersion: apps/v1
    labelSelector: {a: b}
    patchType: application/strategic-merge-patch+json
    objectTemplate: patch.json
    inputVars: {n: 1}
`,
    { 'patch.json': '{}' },
  )
  expect(config.warnings).toEqual([])
  const [remove, look, change] = config.jobs
  expect(remove).toMatchObject({
    type: 'delete',
    iterations: 1,
    waitForDeletion: false,
    waitWhenFinished: false,
    objects: [
      { line: 9, apiVersion: 'apps/v1', kind: 'Deployment', labelSelector: { 'kube-burner.io/job': 'create' } },
      { line: 10, apiVersion: 'v1', kind: 'Secret', labelSelector: { a: 'b', c: '1' } },
    ],
  })
  expect(look).toMatchObject({
    type: 'read',
    iterations: 4,
    waitWhenFinished: true,
    objects: [{ kind: 'Pod', line: 16 }],
  })
  expect(change).toMatchObject({
    type: 'patch',
    iterations: 2,
    waitWhenFinished: true,
    missingKey: 'error',
    objects: [
      { kind: 'Deployment', patchType: 'application/strategic-merge-patch+json', inputVars: dict([['n', 1n]]) },
    ],
  })
})

describe('measurements', () => {
  const global = (measurements: string, ...lines: string[]) =>
    `global:\n  measurements: ${measurements}\n${jobConfig(...lines)}`
  const ready = (limit: string) =>
    `{name: podLatency, thresholds: [{conditionType: Ready, metric: P99, threshold: ${limit}}]}`

  const expressionsOf = (config: KubeBurnerConfig) => thresholdExpressions(config, { uuid: 'u-1', runId: 'r-1' }, {})

  test('of several jobs each is held to its own thresholds, and one without pods to none', () => {
    const config = readConfig(
      `global: {measurements: [${ready('1s')}]}
jobs:
  - {name: web, qps: 10, burst: 20, objects: [{objectTemplate: pod.yaml}]}
  - {name: maps, qps: 10, burst: 20, objects: [{objectTemplate: map.yaml}]}
  - {name: slow.web, qps: 10, burst: 20, measurements: [${ready('2s')}], objects: [{objectTemplate: pod.yaml}]}
  - {name: gone, jobType: delete, qps: 10, burst: 20, objects: [{kind: Pod, labelSelector: {a: b}}]}
`,
      { 'pod.yaml': POD, 'map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\n' },
    )
    const expressions = expressionsOf(config)
    expect(expressions).toEqual([
      'pod_ready_latency{job="web"}.p99<=1000ms',
      'pod_ready_latency{job="slow.web"}.p99<=2000ms',
    ])
    expect(expressions.map((expression) => parseThreshold(expression).numerator.labels)).toEqual([
      { job: 'web' },
      { job: 'slow.web' },
    ])
  })

  test('thresholds become ours', () => {
    const text = global(
      `[{name: podLatency, thresholds: [${[
        '{conditionType: Ready, metric: P99, threshold: 2000ms}',
        '{conditionType: PodScheduled, metric: Max, threshold: 1m30s}',
        '{conditionType: Initialized, metric: Avg, threshold: 1s}',
        '{conditionType: ContainersReady, metric: P50, threshold: 1.5s}',
      ].join(', ')}]}]`,
    )
    const config = readConfig(text)
    const expressions = expressionsOf(config)
    expect(expressions).toEqual([
      'pod_ready_latency.p99<=2000ms',
      'pod_scheduled_latency.max<=90000ms',
      'pod_initialized_latency.mean<=1000ms',
      'pod_containers_ready_latency.p50<=1500ms',
    ])
    expect(expressions.map((expression) => parseThreshold(expression).limit)).toEqual([2, 90, 1, 1.5])
    expect(config.warnings).toEqual([])
  })

  test.each([
    ['none', []],
    ['[{name: none}]', []],
    ['[]', []],
    ['[{name: podLatency}]', []],
    [`[${ready('1s')}]`, ['pod_ready_latency.p99<=1000ms']],
  ])('%s', (measurements, expressions) => {
    expect(expressionsOf(readConfig(global(measurements)))).toEqual(expressions)
  })

  test("a job's thresholds stand for the global ones", () => {
    const limitsOf = (text: string) => onlyJob(readConfig(text)).thresholds.map(({ limitMs }) => limitMs)
    expect(limitsOf(global(`[${ready('1s')}]`, `measurements: [${ready('2s')}]`))).toEqual([2000])
    expect(limitsOf(global(`[${ready('1s')}]`, 'measurements: [{name: podLatency}]'))).toEqual([1000])
    expect(limitsOf(global('none', `measurements: [${ready('2s')}]`))).toEqual([2000])
  })
})

test('one wait for all jobs stands for that of each', () => {
  const config = readConfig(`global: {waitWhenFinished: true}\n${jobConfig('podWait: true', 'waitWhenFinished: true')}`)
  expect(config.waitWhenFinished).toBe(true)
  expect(createJob(config)).toMatchObject({ waitWhenFinished: false, podWait: false })
})

test('what is not followed is named once, with what does the same', () => {
  const config = readConfig(`global: {gc: false}\n${jobConfig('cleanup: true', 'errorOnVerify: false')}`)
  expect(config.warnings).toEqual([
    'dir/config.yml: not followed: gc (line 1): all is removed at the end; use --keep; cleanup (line 6): a namespace that is there already is refused, not emptied; errorOnVerify (line 7): without an error the objects are not counted',
  ])
})

test('what only says where results go is named in one warning, what has no effect in another', () => {
  const config = readConfig(
    [
      'metricsEndpoints:',
      '  - indexer: {type: local}',
      '    alerts: [alerts.yml]',
      'global: {gcMetrics: true, indexerConfig: {type: local}, timeout: 1h, clusterHealth: true, deletionStrategy: gvr}',
      jobConfig(
        'metricsAggregate: true',
        'metricsClosing: afterJob',
        'executionMode: sequential',
        'skipIndexing: true',
      ),
      '        kind: Pod',
    ].join('\n'),
  )
  expect(config.warnings).toEqual([
    'dir/config.yml: not followed, as it only says where kube-burner puts its results: gcMetrics (line 4), indexerConfig (line 4), metricsAggregate (line 9), metricsClosing (line 10), skipIndexing (line 12), metricsEndpoints (line 1)',
    'dir/config.yml: without effect, as in kube-burner: timeout of the global part (line 4), executionMode of the job "a-job" (line 11), kind of the object (line 15)',
    'dir/config.yml: clusterHealth is not checked before the run',
    'dir/config.yml: deletionStrategy gvr is not followed: objects go with their namespaces',
    'dir/config.yml: the alerts of line 3 are not evaluated: use --threshold',
  ])
})

describe('the file is a template', () => {
  const text = `jobs:
{{- range $i := until (atoi .COUNT) }}
  - name: job-{{ $i }}
    qps: {{ $.QPS }}
    burst: {{ mul $.QPS 2 }}
    namespace: "{{ $.UUID }}"
    objects:
      - objectTemplate: pod.yaml
        inputVars: {flavor: '{{ default "plain" (env "FLAVOR") }}'}
{{- end }}
`

  test("of the environment, over which the user's data stands", () => {
    const config = readConfig(text, undefined, {
      environment: { COUNT: '2', QPS: '3', FLAVOR: undefined },
      userData: { text: 'QPS: 7\nOTHER: {x: [1]}', fileName: 'vars.yml' },
      uuid: 'u-9',
    })
    expect(
      config.jobs.map((job) => [job.name, job.qps, job.burst, job.type === 'create' ? job.namespace : '']),
    ).toEqual([
      ['job-0', 7, 14, 'u-9'],
      ['job-1', 7, 14, 'u-9'],
    ])
    expect(config.jobs.map(({ line }) => line)).toEqual([3, 3])
  })

  test.each([
    ['{{ .MISSING }}', {}, 'dir/config.yml:1:4: map has no entry for key "MISSING"'],
    [
      'jobs:\n  - name: {{ .JOB_NAM }}',
      { JOB_NAME: 'x' },
      'dir/config.yml:2:14: map has no entry for key "JOB_NAM"; did you mean "JOB_NAME"?',
    ],
    ['{{ env "X" | uper }}', {}, 'dir/config.yml:1:14: function "uper" is not defined; did you mean "upper"?'],
  ])('%j with %j', (source, environment, message) => {
    expect(() => readConfig(source, undefined, { environment })).toThrow(new UsageError(message))
  })

  test.each(['x', '[1]', ''])('user data %j is no map of variables', (userData) => {
    expect(() => readConfig(text, undefined, { userData: { text: userData, fileName: 'vars.yml' } })).toThrow(
      'vars.yml: expected a map of variables',
    )
  })
})

describe('refused, with the line', () => {
  const inJob = (line: string) => jobConfig('namespace: ns', line)
  const inObject = (...lines: string[]) => [jobConfig(), ...lines.map((line) => `        ${line}`)].join('\n')

  test.each([
    ['', 'dir/config.yml: the configuration is empty'],
    ['x', 'dir/config.yml:1: configuration must be a map of keys and values'],
    ['jobs: []', 'dir/config.yml: the configuration has no jobs'],
    ['jobs: {}', 'dir/config.yml:1: jobs must be a list'],
    ['job: []\n', 'dir/config.yml:1: unknown key "job" of the configuration; did you mean "jobs"?'],
    ['jobs: [{}]', 'dir/config.yml:1: a job without a name'],
    ['jobs: [{name: A_b}]', 'dir/config.yml:1: the job name "A_b" must be lower-case letters'],
    [`jobs: [{name: ${'x'.repeat(64)}}]`, '63 characters at most'],
    ['jobs: [{name: a}]', 'dir/config.yml:1: job "a" has no objects'],
    [
      `${jobConfig()}\n  - name: a-job\n    objects: [{objectTemplate: pod.yaml}]`,
      'dir/config.yml:7: a job named "a-job" stands in line 2 already',
    ],
    [inJob('jobType: kubevirt'), 'dir/config.yml:6: job "a-job" is of type kubevirt, which is not supported'],
    [
      inJob('jobType: crate'),
      'dir/config.yml:6: jobType "crate" is not one of create, delete, patch, read, kubevirt; did you mean "create"?',
    ],
    [
      inJob('hooks: [{cmd: [ls], when: beforeGC}]'),
      'dir/config.yml:6: hooks of the job "a-job" is not supported: no commands are run',
    ],
    [inJob('beforeCleanup: x.sh'), 'dir/config.yml:6: beforeCleanup of the job "a-job" is not supported'],
    [
      inJob('incrementalLoad: {startIterations: 1}'),
      'dir/config.yml:6: incrementalLoad of the job "a-job" is not supported',
    ],
    [inJob('watchers: [{kind: Pod}]'), 'dir/config.yml:6: watchers of the job "a-job" is not supported'],
    [inJob('waitFor: [Pod]'), 'dir/config.yml:6: waitFor of the job "a-job" is not supported'],
    [inJob('iterations: 3'), 'dir/config.yml:6: unknown key "iterations" of the job "a-job"'],
    [
      inJob('jobIteration: 3'),
      'dir/config.yml:6: unknown key "jobIteration" of the job "a-job"; did you mean "jobIterations"?',
    ],
    [inJob('jobIterations: 0'), 'dir/config.yml:6: jobIterations must be at least 1, not 0'],
    [inJob('jobIterations: 1.5'), 'dir/config.yml:6: jobIterations must be a whole number, not "1.5"'],
    [inJob('jobIterations: "3"'), 'dir/config.yml:6: jobIterations must be a whole number, not "3"'],
    [inJob('jobIterations: [3]'), 'dir/config.yml:6: jobIterations must be a whole number, not a list'],
    [inJob('podWait: maybe'), 'dir/config.yml:6: podWait must be true or false, not "maybe"'],
    [inJob('jobPause: 5'), 'dir/config.yml:6: jobPause: invalid duration "5": use a number with a unit'],
    [inJob('jobPause: -5s'), 'dir/config.yml:6: jobPause must not be negative'],
    [inJob('namespaceLabels: [a]'), 'dir/config.yml:6: namespaceLabels must be a map of texts'],
    [inJob('namespaceLabels: {a: {b: c}}'), 'dir/config.yml:6: namespaceLabels.a must be a text'],
    [jobConfig('namespace: Bad_Name'), 'dir/config.yml:5: "Bad_Name" is no name of a namespace'],
    [
      inJob('churnConfig: {percnt: 3}'),
      'dir/config.yml:6: unknown key "percnt" of the churnConfig; did you mean "percent"?',
    ],
    [inJob('churnConfig: {mode: pods}'), 'dir/config.yml:6: mode "pods" is not one of namespaces, objects'],
    [
      inJob('measurements: [{name: serviceLatency}]'),
      'dir/config.yml:6: the measurement serviceLatency is not supported',
    ],
    [
      inJob('measurements: [{name: podlatency}]'),
      'dir/config.yml:6: unknown measurement "podlatency"; did you mean "podLatency"?',
    ],
    [inJob('measurements: [{}]'), 'dir/config.yml:6: a measurement without a name'],
    [
      inJob('measurements: [{name: podLatency, thresholds: [{conditionType: Ready}]}]'),
      'a threshold needs conditionType, metric and threshold',
    ],
    [
      inJob('measurements: [{name: podLatency, thresholds: [{conditionType: ContainersStarted}]}]'),
      'conditionType "ContainersStarted" is not one of PodScheduled',
    ],
    [
      inJob('measurements: [{name: podLatency, thresholds: [{metric: p99}]}]'),
      'metric "p99" is not one of P99, P95, P50, Avg, Max; did you mean "P99"?',
    ],
    [
      `global: {waitWhenFinished: true}\n${inJob('gc: true')}`,
      'dir/config.yml:7: gc of a job and waitWhenFinished of global exclude each other',
    ],
    [
      `global: {gcc: true}\n${jobConfig()}`,
      'dir/config.yml:1: unknown key "gcc" of the global part; did you mean "gc"?',
    ],
    [`global: {functionTemplates: [x.tpl]}\n${jobConfig()}`, 'dir/config.yml:1: dir/x.tpl: no such file'],
    [inObject('replica: 3'), 'dir/config.yml:7: unknown key "replica" of the object; did you mean "replicas"?'],
    [inObject('waitOptions: {kind: Pod}'), 'dir/config.yml:7: waitOptions of the object is not supported'],
    [inObject('group: {id: 1}'), 'dir/config.yml:7: group of the object is not supported'],
    [inObject('kubeVirtOp: start'), 'dir/config.yml:7: kubeVirtOp of the object is not supported'],
    [inObject('repeatEveryNIterations: 0'), 'dir/config.yml:7: repeatEveryNIterations must be at least 1, not 0'],
    [inObject('inputVars: [1]'), 'dir/config.yml:7: inputVars must be a map'],
    [
      inObject('repeatEveryNIterations: 2', '', '      - objectTemplate: pod.yaml')
        .replace('        \n        ', '')
        .replace(/\s+- objectTemplate: pod.yaml$/, '\n      - {objectTemplate: pod.yaml, repeatEveryNIterations: 3}'),
      'dir/config.yml:5: the objects of job "a-job" have different repeatEveryNIterations',
    ],
    ['jobs: [{name: a, objects: [{replicas: 2}]}]', 'dir/config.yml:1: the object has no objectTemplate'],
    ['jobs: [{name: a, objects: [{objectTemplate: nope.yaml}]}]', 'dir/config.yml:1: dir/nope.yaml: no such file'],
    [
      'jobs: [{name: a, objects: [{objectTemplate: "https://x/y.yaml"}]}]',
      'dir/config.yml:1: https://x/y.yaml: templates are read from files only',
    ],
    [
      'jobs: [{name: a, jobType: delete, objects: [{kind: Pod}]}]',
      'dir/config.yml:1: the Pod objects have no labelSelector',
    ],
    [
      'jobs: [{name: a, jobType: delete, objects: [{labelSelector: {a: b}}]}]',
      'dir/config.yml:1: the object has no kind',
    ],
    [
      'jobs: [{name: a, jobType: delete, objectDelay: 1s, objects: [{kind: Pod, labelSelector: {a: b}}]}]',
      'objectDelay of the job "a" is not supported',
    ],
    [
      'jobs: [{name: a, jobType: patch, executionMode: sequential, objects: [{kind: Pod}]}]',
      'dir/config.yml:1: executionMode sequential of the job "a" is not supported',
    ],
    [
      'jobs: [{name: a, jobType: patch, objects: [{kind: Pod, labelSelector: {a: b}}]}]',
      'dir/config.yml:1: the object has no patchType',
    ],
    [
      'jobs: [{name: a, jobType: patch, objects: [{kind: Pod, labelSelector: {a: b}, patchType: json}]}]',
      'patchType "json" is not one of application/json-patch+json',
    ],
    [
      'jobs: [{name: a, jobType: patch, objects: [{kind: Pod, labelSelector: {a: b}, patchType: application/apply-patch+yaml, objectTemplate: p.json}]}]',
      'application/apply-patch+yaml needs a template in YAML',
    ],
    ['jobs:\n  - name: a\n   qps: 1', 'dir/config.yml:3: '],
    ['jobs: []\njobs: []', 'dir/config.yml:2: Map keys must be unique'],
  ])('%#: %s', (text, message) => {
    const files = { 'pod.yaml': POD, 'p.json': '{}' }
    expect(() => readConfig(text, files)).toThrow(UsageError)
    expect(() => readConfig(text, files)).toThrow(message)
  })

  test('a fault in a template is told in the template', () => {
    expect(() => readConfig(jobConfig(), { 'pod.yaml': 'kind: Pod\nname: {{ .Iteration | uper }}' })).toThrow(
      'dir/pod.yaml:2:23: function "uper" is not defined; did you mean "upper"?',
    )
  })
})

test('an object without replicas is left out, and a namespace that is too long is cut', () => {
  const config = readConfig(
    `${jobConfig(`namespace: ${'n'.repeat(63)}`)}\n      - {objectTemplate: pod.yaml, replicas: 0}`,
  )
  expect(createJob(config).objects).toHaveLength(1)
  expect(createJob(config).namespace).toBe('n'.repeat(57))
  expect(config.warnings).toEqual([
    'dir/config.yml: the object of line 8 has 0 replicas and is left out',
    `dir/config.yml: the namespace ${'n'.repeat(63)} is too long and is cut to ${'n'.repeat(57)}, as kube-burner does`,
  ])
})

test('whatever becomes of its lines, a configuration is read or has a fault with its file', () => {
  const files = { 'pod.yaml': POD, 's1-deployment.yaml': POD, 's2-pod.yaml': POD }
  const lines = ['s1-config.yaml', 's2-config.yaml'].flatMap((name) => userFile(name).split('\n'))
  const junk = fc.oneof(
    fc.string(),
    fc.constantFrom(...lines, '    churnConfig: {cycles: -1}', '- x', '  <<: *a', '{{ if true }}', '{{ end }}'),
  )
  fc.assert(
    fc.property(fc.array(junk, { maxLength: 25 }), fc.nat(18), (added, at) => {
      const text = [...lines.slice(0, at), ...added, ...lines.slice(at, 18)].join('\n')
      try {
        expect(readConfig(text, files).jobs.length).toBeGreaterThan(0)
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError)
        expect((error as Error).message).toMatch(/^dir\/[^:]+:/)
      }
    }),
    { numRuns: 500 },
  )
})

test('an absolute path stays as it is, and a file that two objects name is read once', () => {
  const asked: string[] = []
  const text = `${jobConfig()}\n      - objectTemplate: pod.yaml\n      - objectTemplate: /etc/pod.yaml`
  readConfig(text, undefined, {
    readFile: (path) => {
      asked.push(path)
      return POD
    },
  })
  expect(asked).toEqual(['dir/pod.yaml', '/etc/pod.yaml'])
})
