import type { Suite, SuiteItem } from '../../lib/acceptance/suite/read-suite.ts'
import { describePermissions, type Permission } from '../../lib/kube/preflight.ts'
import { counted } from '../../lib/record/counted.ts'
import { formatDuration } from '../../lib/record/duration.ts'
import { type Column, renderTable, right } from '../../lib/report/table.ts'
import { newRunId } from '../../lib/run/ownership.ts'
import { ownNamespaces } from '../../lib/run/run-scope.ts'
import type { Context } from '../command.ts'
import { PASSED } from '../exit-code.ts'
import { API_CONNECTIONS } from '../shared-options.ts'
import { terminalWidth, textLines, wrapText } from '../text-layout.ts'
import type { AcceptOptions } from './options.ts'
import { allPermissions, type PlannedTask, secondsOf, type Task } from './plan.ts'
import { lookAhead, missingFor, outlooks, type Prospect, toBegin } from './prospect.ts'
import { fits, renderRowsWithLines } from './rows-with-lines.ts'

/** Prints the items in their order, with what they make, need and take; `server`: and which of them apply here. */
export async function printPlan(
  suite: Suite,
  tasks: readonly Task[],
  options: AcceptOptions,
  context: Context,
): Promise<number> {
  const { stdout } = context.io
  const asksCluster = options.dryRun === 'server'
  const prospect = await look(tasks, options, context)
  const { tasks: planned, missing } = prospect
  const begun = new Set(toBegin(prospect))
  const steps = planned.flatMap((task, index) =>
    task.items.map((item, position): PlannedItem => {
      const isFirst = position === 0
      return {
        step: String(index + 1),
        item,
        makes: isFirst ? task.outlook.objects.join(', ') || 'nothing' : 'with the one above',
        about: isFirst && begun.has(task) ? aboutSeconds(task.outlook.seconds) : '',
        here: asksCluster ? fate(task, missing) : '',
      }
    }),
  )
  const width = terminalWidth(stdout)
  const seconds = secondsOf([...begun])
  const texts = [
    `Permissions: ${describePermissions(allPermissions(planned)) || 'none'}`,
    ...(asksCluster ? [`Missing: ${missing.length === 0 ? 'none' : describePermissions(missing)}`] : []),
    `Suite ${suite.name}: ${counted(suite.items.length, 'item')} in ${counted(planned.length, 'step')}, about ${aboutSeconds(seconds)} when the images are on the nodes.${asksCluster ? '' : ' --dry-run=server asks the cluster which of them apply.'}`,
  ]
  const lines = texts.map((text) => textLines(text, width))
  stdout.write(`${renderSteps(steps, !options.noHeaders, width)}\n${lines.join('')}`)
  return PASSED
}

interface PlannedItem {
  readonly step: string
  readonly item: SuiteItem
  readonly makes: string
  readonly about: string
  /** Whether it applies, where the cluster was asked. */
  readonly here: string
}

function renderSteps(steps: readonly PlannedItem[], headers: boolean, width: number | undefined): string {
  const short: Column[] = [
    right('STEP'),
    { title: 'ITEM', kept: true },
    { title: 'LEVEL', dispensable: 1 },
    { title: 'MEASURED-BY', dispensable: 2 },
  ]
  const about = right('ABOUT')
  const shortCells = ({ step, item }: PlannedItem) => [step, item.name, item.level, item.command]
  const rows = steps.map((each) => [...shortCells(each), each.makes, each.about, each.here])
  const table = renderTable([...short, { title: 'MAKES' }, about, { title: 'HERE', optional: true }], rows, headers)
  if (width === undefined || fits(table, width)) return table
  const stacked = steps.map((each) => ({
    cells: [...shortCells(each), each.about],
    below: [each.makes, each.here].flatMap((text) => wrapText(text, width - 2)),
  }))
  return renderRowsWithLines([...short, about], stacked, headers, width)
}

function aboutSeconds(seconds: number): string {
  return formatDuration(Math.max(1, Math.round(seconds)) * 1000)
}

async function look(tasks: readonly Task[], options: AcceptOptions, context: Context): Promise<Prospect> {
  const runId = newRunId()
  const { signal } = context
  // Of a load that depends on the cluster, also the plan needs it.
  let connecting: ReturnType<Context['connect']> | undefined
  const connect = () => (connecting ??= context.connect({ ...options, connections: API_CONNECTIONS }))
  try {
    if (options.dryRun === 'server') return await lookAhead(tasks, await connect(), runId, signal)
    const surroundings = { nodes: undefined, scope: ownNamespaces(runId, 1), connect, signal }
    return { tasks: await outlooks(tasks, surroundings), missing: [] }
  } finally {
    const client = await connecting?.catch(() => undefined)
    await client?.[Symbol.asyncDispose]()
  }
}

function fate(task: PlannedTask, missing: readonly Permission[]): string {
  const { impossible } = task.outlook
  if (impossible !== undefined) return `not applicable: ${impossible}`
  const lacking = missingFor(task, missing)
  return lacking.length === 0 ? 'to be measured' : `not permitted: may not ${describePermissions(lacking)}`
}
