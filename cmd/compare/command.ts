import { defineCommand } from '../command.ts'
import { compareOptions } from './options.ts'

export const compareCommand = defineCommand({
  path: ['compare'],
  group: 'Other',
  summary: 'Compare runs: is it better or worse, or is that chance?',
  description: `Holds the runs of NEW against those of BASE, figure by figure: medians, the change with its 95 % confidence interval, and whether chance explains it (Mann–Whitney test at 5 %). "~" stands where no difference is shown.

A run is its directory (see --output-dir of the measuring commands) or its run.json; a directory of such directories, or names with commas between them, are several runs of one side. Each NEW is compared with BASE by itself.

One measurement is a run; where there is one run on each side, a sample of it, such as netperf's. The pods of one run are not independent of each other, so each run gives one value of their p50 and p99. With fewer than 5 measurements on a side the change is shown, and nothing is concluded.

--fail-on-regression gates on the headline figures of the command, or those of --metric, with Holm's correction: the more figures gate, the more each has to show.`,
  options: compareOptions,
  positionals: [
    { name: 'BASE', description: 'Runs to compare with', required: true, complete: 'files' },
    {
      name: 'NEW',
      description: 'Runs that may be better or worse',
      required: true,
      repeated: true,
      complete: 'files',
    },
  ],
  examples: [
    { comment: 'Two runs', command: 'kubectl perf compare runs/before runs/after' },
    {
      comment: 'Ten runs before and after an upgrade, in CI: exit code 99 when it got worse by more than 5 %',
      command: 'kubectl perf compare before/ after/ --fail-on-regression 5%',
    },
    {
      comment: 'For a pull request',
      command: 'kubectl perf compare main/ branch/ -o markdown > comparison.md',
    },
  ],
  exitCodes: [
    ['0', 'Compared; with --fail-on-regression: nothing that gates got worse by more than that'],
    ['99', 'A figure that gates got worse by more than --fail-on-regression'],
    ['1', 'Too few measurements for --fail-on-regression, or something failed'],
    ['2', 'The command line is wrong, or runs are missing, damaged or unlike'],
  ],
  run: async (options, context, words) => (await import('./run.ts')).runCompare(options, context, words),
})
