import { defineOptions, inGroup, type OptionValues } from '../option-table.ts'
import { seriesOptions } from '../prometheus-options.ts'
import {
  connectionOptions,
  outputDirectoryOptions,
  outputOptions,
  RECORD_FORMATS,
  runOptions,
  schedulingOptions,
  thresholdOptions,
} from '../shared-options.ts'

export const DEFAULT_PODS = 200
/** As many as 198.18.0.0/15 has addresses for, with some left for nodes. */
export const MOST_ENDPOINTS = 130_815

export const cesCompareOptions = defineOptions({
  ...inGroup('Load options', {
    pods: {
      kind: 'integer',
      valueName: 'N',
      min: 1,
      max: 100_000,
      description: `Create this many pods, for which the agents of Cilium write endpoints (${DEFAULT_PODS})`,
    },
    endpoints: {
      kind: 'integer',
      valueName: 'N',
      min: 1,
      max: MOST_ENDPOINTS,
      description:
        'Create this many CiliumEndpoint objects instead, without pods and with addresses of 198.18.0.0/15: every agent of the cluster learns them, so it has to be confirmed',
    },
    rate: {
      kind: 'number',
      valueName: 'N',
      default: 20,
      min: 0,
      description: 'Requests per second; 0 is as fast as possible',
    },
    'label-updates': {
      kind: 'integer',
      valueName: 'N',
      min: 0,
      description:
        'Pods that get another label, or endpoints that get another identity, after all are there (half of them)',
    },
    churn: {
      kind: 'number',
      valueName: 'PERCENT',
      default: 0,
      min: 0,
      max: 100,
      description: 'Then delete this percentage of them and create others in their place',
    },
    'observe-only': {
      kind: 'boolean',
      description: 'Create nothing: watch what happens anyway. Rights to list and watch the two kinds are enough',
    },
    duration: {
      kind: 'duration',
      valueName: 'DURATION',
      min: 1000,
      description: 'How long --observe-only watches (1m)',
    },
  }),
  ...inGroup('Model options', {
    'nodes-model': {
      kind: 'text',
      valueName: 'N',
      list: 'separated',
      description: 'Cluster sizes for which the fan-out is modelled (10,100,1000,5000)',
      check: (value) => (/^[1-9]\d{0,5}$/.test(value) ? undefined : 'must be a number of nodes'),
    },
  }),
  ...inGroup('Pod options', schedulingOptions),
  ...runOptions('2m'),
  ...thresholdOptions("'saved_share{of=bytes}>0'"),
  ...seriesOptions,
  ...outputOptions(RECORD_FORMATS),
  ...outputDirectoryOptions,
  ...connectionOptions,
})

export type CesCompareOptions = OptionValues<typeof cesCompareOptions>
