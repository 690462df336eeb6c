import { defineOptions, inGroup, type OptionValues } from '../../option-table.ts'
import { kubectlOptions, outputOptions, RECORD_FORMATS } from '../../shared-options.ts'

export const ciliumLintOptions = defineOptions({
  ...inGroup('Lint options', {
    filename: {
      kind: 'text',
      alias: 'f',
      valueName: 'FILE',
      list: 'repeated',
      description:
        'Values file of the Cilium Helm chart, or - for standard input. This flag can be repeated: later files are merged over earlier ones, as Helm does it',
      complete: 'files',
    },
    'cilium-version': {
      kind: 'text',
      valueName: 'VERSION',
      description:
        'Version of Cilium that the values are for, such as 1.18 or v1.18.3; without it the one that the cluster runs, or the newest that is known where no cluster answers',
    },
  }),
  ...outputOptions(RECORD_FORMATS),
  ...kubectlOptions,
})

export type CiliumLintOptions = OptionValues<typeof ciliumLintOptions>
