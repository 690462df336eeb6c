import type { Suite, SuiteItem } from '../../lib/acceptance/suite/read-suite.ts'
import { describePermissions } from '../../lib/kube/preflight.ts'
import { counted } from '../../lib/record/counted.ts'
import type { AcceptDetails, AcceptItem } from '../../lib/record/details/accept-details.ts'
import { formatDuration } from '../../lib/record/duration.ts'
import type { Phase } from '../../lib/record/run-record.ts'
import { newRunId } from '../../lib/run/ownership.ts'
import { since } from '../../lib/run/timed-phase.ts'
import type { Context } from '../command.ts'
import { confirm } from '../confirm.ts'
import { describeCluster } from '../describe-cluster.ts'
import type { Measurement, MeasureSession } from '../measure.ts'
import { judge, metricsOfItem } from './judge.ts'
import type { AcceptOptions } from './options.ts'
import { type PlannedTask, secondsOf, type Task } from './plan.ts'
import { lookAhead, missingFor, type Prospect, toBegin } from './prospect.ts'
import { RESULT_WORDS } from './result-words.ts'
import { runTask } from './run-task.ts'
import { outcomeOf, verdictFindings } from './verdict.ts'
import type { Measured } from './work.ts'

/** An item with all that is known of it in the end. */
interface Answer {
  readonly item: AcceptItem
  readonly measured: Measured
}

/** Measures the items of a suite, task by task, and judges each; what fails or hangs does not keep the others. */
export async function measureSuite(
  suite: Suite,
  tasks: readonly Task[],
  options: AcceptOptions,
  session: MeasureSession,
  context: Context,
): Promise<Measurement> {
  const { client, runId, progress, signal } = session
  progress.step('looking at the cluster')
  const prospect = await lookAhead(tasks, client, runId, signal)
  const concerns = toBegin(prospect).flatMap(({ outlook }) => outlook.concern ?? [])
  if (concerns.length > 0) await confirm(concerns.join(' '), options.yes, context)
  announce(prospect, session)
  await session.willCreate(session.cleanUpCommand())
  const answers: Answer[] = []
  const phases: Phase[] = []
  const left = new Set<string>()
  for (const task of prospect.tasks) {
    // What an earlier item could not remove is in nobody's way.
    const ownId = left.size === 0 ? runId : newRunId()
    const startedMs = performance.now()
    const refusal = refusalOf(task, prospect, signal)
    const number = answers.length
    const results =
      refusal === undefined
        ? await carryOut(task, ownId, number, suite, session, context)
        : task.items.map(() => refusal)
    const time = since(startedMs)
    if (refusal === undefined) phases.push({ name: namesOf(task), ...time })
    if (results.some(leavesBehind)) left.add(ownId)
    const own = task.items.map((item, index) =>
      answerFor(item, task, results[index], refusal ? undefined : time.durationSeconds),
    )
    answers.push(...own)
    for (const { item } of own) progress.note(describeAnswer(item))
  }
  progress.stop()
  return measurementOf(
    { suite, answers, phases, left, estimatedSeconds: secondsOf(toBegin(prospect)) },
    options,
    session,
  )
}

function announce(prospect: Prospect, { cluster, progress, runId }: MeasureSession): void {
  const count = prospect.tasks.reduce((sum, { items }) => sum + items.length, 0)
  const seconds = secondsOf(toBegin(prospect))
  progress.note(
    `${describeCluster(cluster)} ${counted(count, 'item')}, about ${formatDuration(Math.round(seconds) * 1000)}; what they make is removed with each. Run ${runId}.`,
  )
}

/** Why a task is not begun. */
function refusalOf(task: PlannedTask, { missing }: Prospect, signal: AbortSignal): Measured | undefined {
  const nothing = { metrics: [], findings: [], phases: [] }
  if (signal.aborted) return { outcome: 'no-data', reason: 'not begun: the run was interrupted', ...nothing }
  const { impossible } = task.outlook
  if (impossible !== undefined) return { outcome: 'not-applicable', reason: impossible, ...nothing }
  const lacking = missingFor(task, missing)
  if (lacking.length === 0) return undefined
  return { outcome: 'not-permitted', reason: `this user may not ${describePermissions(lacking)}`, ...nothing }
}

function carryOut(
  task: PlannedTask,
  runId: string,
  before: number,
  { items }: Suite,
  session: MeasureSession,
  context: Context,
): Promise<readonly Measured[]> {
  const { progress } = session
  const number = task.items.length === 1 ? `${before + 1}` : `${before + 1}-${before + task.items.length}`
  const label = `${number}/${items.length} ${namesOf(task)}`
  progress.step(`${label} (about ${formatDuration(Math.max(1, Math.round(task.outlook.seconds)) * 1000)})`)
  return runTask(task, { runId, label, session, context })
}

function namesOf({ items }: Task): string {
  return items.map(({ name }) => name).join(', ')
}

function leavesBehind({ findings }: Measured): boolean {
  return findings.some(({ code }) => code === 'LeftBehind')
}

function answerFor(
  item: SuiteItem,
  { items, outlook }: PlannedTask,
  measured: Measured | undefined,
  durationSeconds: number | undefined,
): Answer {
  const result: Measured = measured ?? {
    outcome: 'no-data',
    reason: 'nothing was measured',
    metrics: [],
    findings: [],
    phases: [],
  }
  const others = items.filter((other) => other !== item).map(({ name }) => name)
  return {
    measured: result,
    item: {
      name: item.name,
      level: item.level,
      ...(item.description === undefined ? {} : { description: item.description }),
      command: item.command,
      parameters: Object.fromEntries([...item.parameters].map(([name, { texts }]) => [name, texts.join(',')])),
      ...judge(item, result),
      estimatedSeconds: outlook.seconds,
      ...(durationSeconds === undefined ? {} : { durationSeconds }),
      ...(others.length === 0 ? {} : { measuredWith: others }),
      findings: [...result.findings],
      phases: [...result.phases],
      ...(result.details === undefined ? {} : { details: { ...result.details } }),
    },
  }
}

function describeAnswer({ name, result, reason }: AcceptItem): string {
  return `${name}: ${RESULT_WORDS[result]}${reason === undefined ? '' : `: ${reason}`}`
}

interface Answers {
  readonly suite: Suite
  readonly answers: readonly Answer[]
  readonly phases: Phase[]
  /** Ids under which objects are left. */
  readonly left: ReadonlySet<string>
  readonly estimatedSeconds: number
}

function measurementOf(
  { suite, answers, phases, left, estimatedSeconds }: Answers,
  { strict }: AcceptOptions,
  { client, cleanUpCommand, runId }: MeasureSession,
): Measurement {
  const items = answers.map(({ item }) => item)
  const ids = left.size === 0 ? runId : [...left].join(',')
  const details: AcceptDetails & Record<string, unknown> = {
    connections: client.statistics().connections,
    cleanUpCommand: cleanUpCommand().replace(runId, ids),
    suite: { name: suite.name, file: suite.file },
    strict,
    estimatedSeconds,
    durationSeconds: phases.reduce((sum, phase) => sum + phase.durationSeconds, 0),
    items,
  }
  return {
    phases,
    metrics: answers.flatMap(({ item, measured }) => metricsOfItem(item.name, measured.metrics)),
    findings: verdictFindings(items, strict),
    details,
    outcome: outcomeOf(items, strict, left.size > 0),
  }
}
