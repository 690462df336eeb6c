import { defineOptions, inGroup, type OptionValues } from '../option-table.ts'
import { outputOptions, RECORD_FORMATS } from '../shared-options.ts'

export const reportOptions = defineOptions({
  ...inGroup('Report options', {
    open: {
      kind: 'boolean',
      description: 'Write the report as HTML, to --output-file or a temporary file, and open it in the browser',
    },
    'output-dir': {
      kind: 'text',
      valueName: 'DIRECTORY',
      description:
        'Where the files of formats that have several go: kube-burner, perfdash, and csv with the samples too; of several runs each has a directory of its own below it',
      complete: 'directories',
    },
  }),
  ...outputOptions([...RECORD_FORMATS, 'csv', 'perfdash', 'kube-burner']),
})

export type ReportOptions = OptionValues<typeof reportOptions>
