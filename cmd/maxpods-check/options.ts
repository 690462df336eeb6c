import { defineOptions, inGroup, type OptionValues } from '../option-table.ts'
import {
  checkQuantity,
  imageOptions,
  kubectlOptions,
  outputDirectoryOptions,
  outputOptions,
  RECORD_FORMATS,
  runOptions,
  thresholdOptions,
} from '../shared-options.ts'

const { yes } = runOptions('5m')

/** The largest figure that a kubelet's configuration takes. */
const LARGEST = 2_147_483_647

export const maxPodsCheckOptions = defineOptions({
  ...inGroup('Check options', {
    selector: {
      kind: 'text',
      alias: 'l',
      valueName: 'SELECTOR',
      description:
        "Selector (label query) to filter nodes on, supports '=', '==', '!=', 'in', 'notin' (e.g. -l key1=value1,key2=value2)",
    },
    pods: {
      kind: 'integer',
      valueName: 'N',
      min: 1,
      max: LARGEST,
      description:
        'Would so many more pods fit, and on which nodes? An estimate by resources: affinity, spread, volumes and quotas are not looked at',
    },
    cpu: {
      kind: 'text',
      valueName: 'QUANTITY',
      description: 'CPU request of each of --pods (none)',
      check: checkQuantity,
    },
    memory: {
      kind: 'text',
      valueName: 'QUANTITY',
      description: 'Memory request of each of --pods (none)',
      check: checkQuantity,
    },
    target: {
      kind: 'integer',
      valueName: 'N',
      min: 1,
      max: LARGEST,
      description: 'Show what has to change for so many pods on each node, with the lines to write, and the risk',
    },
    verify: {
      kind: 'boolean',
      description:
        'Fill the node, of which there must be one, to its maximum with pods that do nothing, try one more, and remove them again',
    },
    'per-node-detail': { kind: 'boolean', description: 'Print everything that is known of each node' },
    'no-kubelet': {
      kind: 'boolean',
      description:
        'Do not ask kubelets for their settings; asking needs the right to get nodes/proxy, which is as mighty as exec on every pod',
    },
  }),
  ...inGroup('Run options', {
    timeout: {
      kind: 'duration',
      valueName: 'DURATION',
      default: '5m',
      min: 1,
      description: 'The length of time that --verify waits for its pods, and for them to be gone',
    },
    yes,
  }),
  ...imageOptions,
  ...thresholdOptions('node_free_pods>=10'),
  ...outputOptions([...RECORD_FORMATS, 'name']),
  ...outputDirectoryOptions,
  ...kubectlOptions,
})

export type MaxPodsCheckOptions = OptionValues<typeof maxPodsCheckOptions>
