import { defineCommand } from '../command.ts'
import { reportOptions } from './options.ts'

export const reportCommand = defineCommand({
  path: ['report'],
  group: 'Other',
  summary: 'Show runs to people and to other tools: HTML, Markdown, JUnit, CSV and more',
  description: `Reads runs that were measured before and writes them in another format; asks no cluster. A run is its directory (see --output-dir of the measuring commands), its run.json, or - for a record on the standard input; a directory of such directories means all of them.

HTML is one file that needs no network. Markdown is for pull requests and issues: the verdict, thresholds and tables, the rest folded away. CSV has a row for each series, and with --output-dir another file with each sample. kube-burner's and perfdash's (ClusterLoader2's) files go to --output-dir.

Of a run that was interrupted the report has what is known, and says so; also of one that was killed, which has only its samples.`,
  options: reportOptions,
  positionals: [
    {
      name: 'RUN',
      description: 'Runs to report: directories, run.json files, or -',
      required: true,
      repeated: true,
      complete: 'files',
    },
  ],
  examples: [
    { comment: 'The page of a run, in the browser', command: 'kubectl perf report runs/1 --open' },
    { comment: 'The same for others', command: 'kubectl perf report runs/1 -o html --output-file report.html' },
    { comment: 'For a pull request', command: 'kubectl perf report runs/1 -o markdown' },
    {
      comment: 'All runs of a directory as a table of numbers',
      command: 'kubectl perf report runs/ -o csv > runs.csv',
    },
    { comment: 'Straight from a run', command: 'kubectl perf density -o json | kubectl perf report - -o markdown' },
    {
      comment: "Files for kube-burner's dashboards",
      command: 'kubectl perf report runs/1 -o kube-burner --output-dir indexed',
    },
  ],
  exitCodes: [
    ['0', 'The report is written, whatever the verdict of its runs'],
    ['1', 'It cannot be written'],
    ['2', 'The command line is wrong, or runs are missing, damaged, or have no such format'],
  ],
  run: async (options, context, words) => (await import('./run.ts')).runReport(options, context, words),
})
