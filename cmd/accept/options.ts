import { LEVELS } from '../../lib/record/accept-levels.ts'
import { defineOptions, inGroup, type OptionValues } from '../option-table.ts'
import {
  imageOptions,
  kubectlOptions,
  outputDirectoryOptions,
  outputOptions,
  RECORD_FORMATS,
  runOptions,
  thresholdOptions,
} from '../shared-options.ts'

const { yes } = runOptions('5m')

export const acceptOptions = defineOptions({
  ...inGroup('Suite options', {
    suite: {
      kind: 'text',
      default: 'default',
      valueName: 'FILE',
      complete: 'files',
      description: 'Path to a suite file; default is the checklist that is part of the program',
    },
    include: {
      kind: 'choice',
      choices: LEVELS,
      list: 'separated',
      valueName: 'LEVEL',
      description: 'Levels of items to measure; a comma list. Without it all',
    },
    item: {
      kind: 'text',
      list: 'separated',
      valueName: 'NAME',
      description: 'Measure only this item of the suite; a comma list. This flag can be repeated',
    },
    strict: {
      kind: 'boolean',
      description: 'Let recommended and optional items decide the exit code too',
    },
    'print-suite': {
      kind: 'boolean',
      description: 'Print the suite as YAML, as a start for a suite of your own, and measure nothing',
    },
  }),
  ...inGroup('Run options', {
    'dry-run': {
      kind: 'choice',
      choices: ['none', 'client', 'server'],
      default: 'none',
      valueName: 'WHERE',
      description:
        'Print the items in their order, what they make and how long they take, and send nothing (client); or ask the cluster which of them apply and what is not permitted, and make nothing (server)',
    },
    yes,
    ...imageOptions,
  }),
  ...thresholdOptions("'tcp_throughput{item=tcp-bandwidth}.min>1Gbit/s'"),
  ...outputOptions(RECORD_FORMATS),
  ...outputDirectoryOptions,
  ...kubectlOptions,
})

export type AcceptOptions = OptionValues<typeof acceptOptions>
