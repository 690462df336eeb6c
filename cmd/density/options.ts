import { PAUSE_IMAGE } from '../../lib/workload/images/images.ts'
import { defineOptions, inGroup, type OptionValues } from '../option-table.ts'
import { seriesOptions } from '../prometheus-options.ts'
import {
  checkQuantity,
  connectionOptions,
  namespaceOptions,
  outputDirectoryOptions,
  outputOptions,
  RECORD_FORMATS,
  runOptions,
  schedulingOptions,
  thresholdOptions,
} from '../shared-options.ts'

export const WORKLOADS = ['pods', 'deployments', 'api-load', 'cluster', 'node', 'template'] as const

export const densityOptions = defineOptions({
  ...inGroup('Load options', {
    workload: {
      kind: 'choice',
      choices: WORKLOADS,
      default: 'pods',
      valueName: 'NAME',
      description:
        'What is created: bare pods; deployments; ConfigMaps that are created, listed, updated and deleted (api-load); a mix of 2 Deployments, 2 Services, 5 Secrets and 5 ConfigMaps in each iteration (cluster); pods that fill every node (node); or any objects (template)',
    },
    filename: {
      kind: 'text',
      alias: 'f',
      valueName: 'FILE',
      description:
        'Run the jobs of this kube-burner configuration instead of a workload; it decides objects, names and rates',
      complete: 'files',
    },
    'user-data': {
      kind: 'text',
      valueName: 'FILE',
      description:
        'YAML or JSON file whose keys are variables of the kube-burner configuration, beside the environment',
      complete: 'files',
    },
    template: {
      kind: 'text',
      list: 'repeated',
      valueName: 'FILE',
      description:
        'Go template of objects for the workload template, rendered --replicas times in each iteration with Iteration, Replica, Index, Name, Namespace, RunID and UUID. This flag can be repeated',
      complete: 'files',
    },
    iterations: {
      kind: 'integer',
      valueName: 'N',
      default: 10,
      min: 1,
      description: 'Number of iterations, each of which creates the objects of the workload once',
    },
    pods: { kind: 'integer', valueName: 'N', default: 1, min: 1, description: 'Number of pods in each iteration' },
    deployments: {
      kind: 'integer',
      valueName: 'N',
      default: 1,
      min: 1,
      description: 'Number of Deployments in each iteration of the workload deployments',
    },
    replicas: { kind: 'integer', valueName: 'N', default: 2, min: 1, description: 'Pods of each Deployment' },
    'scale-to': {
      kind: 'integer',
      valueName: 'N',
      min: 0,
      description: 'Scale every Deployment to this many replicas in a second phase',
    },
    'pods-per-node': {
      kind: 'text',
      valueName: 'N',
      default: 'max',
      description:
        'Pods that the workload node puts on each schedulable, Ready node: a number, a share of those that still fit such as 90%, or max',
      check: (value) =>
        /^(max|[1-9]\d{0,4}|[1-9]\d?%|100%)$/.test(value) ? undefined : 'must be a number, a percentage or max',
    },
    configmaps: {
      kind: 'integer',
      valueName: 'N',
      default: 10,
      min: 1,
      description: 'Number of ConfigMaps in each iteration of the workload api-load',
    },
    namespaces: {
      kind: 'text',
      valueName: 'HOW',
      description:
        'Namespaces to spread the iterations over: per-iteration (the default), single (that of the workload node), or their number. They are made for the run and removed after it',
      check: (value) =>
        /^(per-iteration|single|[1-9]\d{0,4})$/.test(value) ? undefined : 'must be per-iteration, single or a number',
    },
    repeat: {
      kind: 'integer',
      valueName: 'N',
      default: 1,
      min: 1,
      max: 100,
      description:
        'Do the whole run this many times, each cleaned up before the next; statistics go across all of them',
    },
    ...namespaceOptions,
  }),
  ...inGroup('Rate options', {
    qps: {
      kind: 'number',
      valueName: 'N',
      default: 20,
      min: 0,
      description: 'Objects to create per second, namespaces not counted; 0 is as fast as possible',
    },
    burst: {
      kind: 'integer',
      valueName: 'N',
      default: 1,
      min: 1,
      description: 'Requests that may be sent at once before --qps applies',
    },
    concurrency: {
      kind: 'integer',
      valueName: 'N',
      default: 50,
      min: 1,
      max: 1000,
      description: 'Requests that may be under way at once',
    },
    arrival: {
      kind: 'choice',
      choices: ['constant', 'poisson', 'uniform'],
      default: 'constant',
      valueName: 'NAME',
      description: 'How requests are spread at the rate: evenly, or with random gaps of the same mean',
    },
    'list-qps': {
      kind: 'number',
      valueName: 'N',
      min: 0,
      description: 'Lists per second of api-load; without it as --qps',
    },
    'update-qps': {
      kind: 'number',
      valueName: 'N',
      min: 0,
      description: 'Updates per second of api-load; without it as --qps',
    },
    'delete-qps': {
      kind: 'number',
      valueName: 'N',
      min: 0,
      description: 'Deletions per second of api-load; without it as --qps',
    },
  }),
  ...inGroup('Churn options', {
    churn: {
      kind: 'number',
      valueName: 'PERCENT',
      min: 0,
      max: 100,
      description: 'Once all pods are there, delete this percentage of the pods or Deployments and create them anew',
    },
    'churn-cycles': { kind: 'integer', valueName: 'N', default: 1, min: 1, description: 'How often --churn is done' },
    'churn-delay': {
      kind: 'duration',
      valueName: 'DURATION',
      default: '0s',
      min: 0,
      description: 'Pause before each cycle of --churn',
    },
  }),
  ...inGroup('Pod options', {
    image: { kind: 'text', valueName: 'IMAGE', default: PAUSE_IMAGE, description: 'Container image of the pods' },
    cpu: { kind: 'text', valueName: 'QUANTITY', description: 'CPU request of each pod (1m)', check: checkQuantity },
    memory: {
      kind: 'text',
      valueName: 'QUANTITY',
      description: 'Memory request of each pod (8Mi)',
      check: checkQuantity,
    },
    'cpu-limit': {
      kind: 'text',
      valueName: 'QUANTITY',
      description: 'CPU limit of each pod (none)',
      check: checkQuantity,
    },
    'memory-limit': {
      kind: 'text',
      valueName: 'QUANTITY',
      description: 'Memory limit of each pod (none)',
      check: checkQuantity,
    },
    ...schedulingOptions,
    preload: {
      kind: 'choice',
      choices: ['auto', 'always', 'never'],
      default: 'auto',
      valueName: 'WHEN',
      description:
        'Pull the image on every node before the measurement; auto: on nodes that do not report it, and only if nodes can be listed',
    },
    'wait-for': {
      kind: 'choice',
      choices: ['ready', 'scheduled', 'none'],
      default: 'ready',
      valueName: 'STATE',
      description: 'How far pods must come before the run goes on',
    },
    'probe-connection': {
      kind: 'boolean',
      description: 'Also measure the time from Ready to the first connection that each pod answers',
    },
    'fail-fast': {
      kind: 'boolean',
      default: true,
      description: 'End the run as soon as a pod can never get ready, or pods stay unschedulable for --pending-grace',
    },
    'pending-grace': {
      kind: 'duration',
      valueName: 'DURATION',
      default: '30s',
      min: 0,
      description: 'How long pods may stay unschedulable while no other gets ready before --fail-fast ends the run',
    },
  }),
  ...runOptions('5m'),
  ...thresholdOptions('pod_ready_latency.p99<5s'),
  ...seriesOptions,
  ...outputOptions(RECORD_FORMATS),
  ...outputDirectoryOptions,
  ...connectionOptions,
})

export type DensityOptions = OptionValues<typeof densityOptions>
