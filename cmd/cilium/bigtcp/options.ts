import { defineOptions, inGroup, type OptionValues } from '../../option-table.ts'
import {
  imageOptions,
  kubectlOptions,
  outputDirectoryOptions,
  outputOptions,
  RECORD_FORMATS,
  runOptions,
  thresholdOptions,
} from '../../shared-options.ts'
import { agentOptions } from '../agent-options.ts'

const { keep, yes } = runOptions('5m')

/** What --bench does; without it they say nothing. */
export const benchOptions = {
  ...inGroup('Bench options', {
    bench: {
      kind: 'boolean',
      description:
        'Send traffic between pods of the run on two nodes too, with each message size and number of streams, and show it beside the sizes that the nodes handle as one packet. All is removed afterwards',
    },
    'bench-message-size': {
      kind: 'quantity',
      min: 1,
      max: 1_048_576,
      list: 'separated',
      valueName: 'BYTES',
      description:
        'Bytes of each write of --bench; a comma list measures each. Without it 16Ki, 64Ki, 192Ki and 1Mi: what is smaller than the largest packet may not fill it',
    },
    'bench-streams': {
      kind: 'integer',
      min: 1,
      max: 128,
      list: 'separated',
      valueName: 'N',
      description:
        'Connections of --bench that carry a stream side by side; a comma list measures each. Without it 1 and 4',
    },
    'bench-duration': {
      kind: 'duration',
      default: '5s',
      min: 1000,
      max: 3_600_000,
      valueName: 'DURATION',
      description: 'How long --bench measures each sample',
      check: (value) => (value % 1000 === 0 ? undefined : 'must be whole seconds'),
    },
    'bench-samples': {
      kind: 'integer',
      default: 5,
      min: 1,
      max: 1000,
      valueName: 'N',
      description: 'How often --bench measures each, in turns',
    },
  }),
  keep,
  yes,
  ...imageOptions,
}

export const bigTcpOptions = defineOptions({
  ...agentOptions,
  ...benchOptions,
  ...thresholdOptions("'big_tcp_nodes{ip_family=4,state=on}>=2'"),
  ...outputOptions(RECORD_FORMATS),
  ...outputDirectoryOptions,
  ...kubectlOptions,
})

export type BigTcpOptions = OptionValues<typeof bigTcpOptions>
