import { readSuite } from '../../lib/acceptance/suite/read-suite.ts'
import type { Context } from '../command.ts'
import { PASSED } from '../exit-code.ts'
import { runMeasurement } from '../measure.ts'
import { API_CONNECTIONS } from '../shared-options.ts'
import { printPlan } from './dry-run.ts'
import { loadSuite, suiteText } from './load-suite.ts'
import { measureSuite } from './measure-suite.ts'
import type { AcceptOptions } from './options.ts'
import { tasksOf } from './plan.ts'
import { renderAccept } from './render.ts'

export async function runAccept(options: AcceptOptions, context: Context): Promise<number> {
  if (options.printSuite) {
    const text = await suiteText(options, context)
    readSuite(text, options.suite)
    context.io.stdout.write(text)
    return PASSED
  }
  const suite = await loadSuite(options, context)
  const tasks = tasksOf(suite, options, context)
  if (options.dryRun !== 'none') return printPlan(suite, tasks, options, context)
  return runMeasurement(
    {
      kind: 'accept',
      apiConnections: API_CONNECTIONS,
      render: renderAccept,
      measure: (session) => measureSuite(suite, tasks, options, session, context),
    },
    options,
    context,
  )
}
