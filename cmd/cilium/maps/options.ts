import { defineOptions, inGroup, type OptionValues } from '../../option-table.ts'
import { seriesOptions } from '../../prometheus-options.ts'
import {
  kubectlOptions,
  outputDirectoryOptions,
  outputOptions,
  RECORD_FORMATS,
  thresholdOptions,
} from '../../shared-options.ts'
import { agentOptions } from '../agent-options.ts'
import { loadOptions } from './load-options.ts'

export const ciliumMapsOptions = defineOptions({
  ...inGroup('Map options', {
    map: {
      kind: 'text',
      valueName: 'REGEX',
      description: 'Only maps whose name matches this regular expression: ct4, ^lb, policy|ipcache',
      check: checkRegex,
      complete: 'maps',
    },
    deep: {
      kind: 'boolean',
      description:
        'Ask the kernel, with bpftool in the agents, for the type, size and memory of each map, and count its entries, also of maps that Cilium does not report. What that costs is announced first',
    },
    advise: {
      kind: 'boolean',
      description:
        'Say for every map which setting makes it larger and what that costs, not only for those that need it',
    },
    sort: {
      kind: 'choice',
      choices: ['pressure', 'name', 'node'],
      default: 'pressure',
      valueName: 'KEY',
      description: 'Order of the rows: the fullest map first, or by the name of the map or of the node',
    },
    'per-node': { kind: 'boolean', description: 'A row for each map of each node, below the worst of each map' },
    watch: {
      kind: 'boolean',
      alias: 'w',
      description: 'Read again and again, with the rates between two reads, until Ctrl-C',
    },
    interval: {
      kind: 'duration',
      valueName: 'DURATION',
      default: '5s',
      min: 1000,
      description: 'The length of time between two reads of --watch and --load',
    },
  }),
  ...agentOptions,
  ...inGroup('Agent options', {
    'no-exec': {
      kind: 'boolean',
      description:
        'Run nothing in the agents: read the metrics that they serve for Prometheus, through the API server or a forwarded port; with --prometheus, what they last told that one',
    },
  }),
  ...loadOptions,
  ...thresholdOptions("'bpf_map_pressure.max<0.8'"),
  ...seriesOptions,
  ...outputOptions(RECORD_FORMATS),
  ...outputDirectoryOptions,
  ...kubectlOptions,
})

export type CiliumMapsOptions = OptionValues<typeof ciliumMapsOptions>

function checkRegex(text: string): string | undefined {
  try {
    RegExp(text)
    return undefined
  } catch (error) {
    return (error as Error).message.replace(/^Invalid regular expression: /, 'must be a regular expression: ')
  }
}
