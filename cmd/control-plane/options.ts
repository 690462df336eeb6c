import { defineOptions, inGroup, type OptionValues } from '../option-table.ts'
import { prometheusOptions } from '../prometheus-options.ts'
import {
  kubectlOptions,
  outputDirectoryOptions,
  outputOptions,
  RECORD_FORMATS,
  thresholdOptions,
} from '../shared-options.ts'

/** Somebody waits for it. */
export const SCRAPED_WINDOW_MS = 60_000
/** It is there already, and has four scrapes also where they are a minute apart. */
export const STORED_WINDOW_MS = 300_000

export const controlPlaneOptions = defineOptions({
  ...inGroup('Window options', {
    window: {
      kind: 'duration',
      valueName: 'DURATION',
      min: 1000,
      description:
        'The length of time to look at: up to now where a Prometheus has it, by default 5m; from now on where not, by default 1m',
    },
    watch: { kind: 'boolean', alias: 'w', description: 'Look at one window after the other, until Ctrl-C' },
    'by-server': { kind: 'boolean', description: 'Show the figures of each API server apart, not all together' },
    top: {
      kind: 'integer',
      valueName: 'N',
      default: 10,
      min: 1,
      description: 'Rows of each table: those with most requests, events or objects; -o wide prints all',
    },
  }),
  ...prometheusOptions('auto', 'read the figures from'),
  ...thresholdOptions("'apiserver_request_latency{verb=POST}.p99<1s'"),
  ...outputOptions(RECORD_FORMATS),
  ...outputDirectoryOptions,
  ...kubectlOptions,
})

export type ControlPlaneOptions = OptionValues<typeof controlPlaneOptions>
