import { PerfError, UsageError } from '../../lib/errors/perf-error.ts'
import { isApiError } from '../../lib/kube/api-error.ts'
import type { KubeClient } from '../../lib/kube/client.ts'
import { formatDuration } from '../../lib/record/duration.ts'
import type { Finding } from '../../lib/record/run-record.ts'
import { renderTable } from '../../lib/report/table.ts'
import { cleanUp } from '../../lib/run/clean-up.ts'
import { type FoundRun, findRuns, isAbandoned } from '../../lib/run/find-runs.ts'
import { existingNamespace, namedNamespaces } from '../../lib/run/run-scope.ts'
import { readServerClock } from '../../lib/run/server-clock.ts'
import type { Context } from '../command.ts'
import { confirm } from '../confirm.ts'
import { connectionFlags } from '../connection.ts'
import { PASSED } from '../exit-code.ts'
import type { OptionValues } from '../option-table.ts'
import { type Progress, showProgress } from '../progress.ts'
import type { cleanupOptions } from './options.ts'

type CleanupOptions = OptionValues<typeof cleanupOptions>

/** More than so many namespaces of a run are counted, not named. */
const MOST_NAMES = 3

export async function runCleanup(options: CleanupOptions, context: Context): Promise<number> {
  const { signal, io } = context
  if (options.all && options.run.length > 0) throw new UsageError('--run names some runs and --all means every one')
  const client = await context.connect(options)
  const progress = showProgress(io.stderr, options.quiet)
  try {
    const now = await readServerClock(client, signal)
    const found = await look(client, options, progress, signal)
    const nowMs = now().getTime()
    const doomed = choose(found, options, nowMs)
    if (found.length > 0) io.stdout.write(renderRuns(found, doomed, nowMs))
    if (doomed.length === 0) {
      progress.note(
        found.length === 0 ? nothingFound(options) : 'Nothing to remove: --run ID removes what is alive or kept.',
      )
      return PASSED
    }
    await confirm(`This removes ${doomed.length === 1 ? 'one run' : `${doomed.length} runs`}.`, options.yes, context)
    const left: Finding[] = []
    for (const run of doomed) {
      progress.step(`Removing run ${run.runId}`)
      left.push(...(await removeRun(client, run, options, progress, signal)))
    }
    progress.stop()
    signal.throwIfAborted()
    if (left.length > 0) throw leftError(left)
    io.stdout.write(`Removed ${doomed.map(({ runId }) => runId).join(', ')}.\n`)
    return PASSED
  } finally {
    progress.stop()
    await client[Symbol.asyncDispose]()
  }
}

function nothingFound({ namespace }: CleanupOptions): string {
  return namespace === undefined
    ? 'No resources of kubectl-perf found.'
    : `No resources of kubectl-perf found in namespace ${namespace}. Namespaces that a run made are found without --namespace.`
}

async function look(
  client: KubeClient,
  { namespace }: CleanupOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<FoundRun[]> {
  try {
    return await findRuns(client, namespace, signal, ({ serverMessage }) =>
      progress.note(
        `Runs in namespaces that were there before are not looked for, but in that of --namespace: ${serverMessage}`,
      ),
    )
  } catch (error) {
    if (!isApiError(error) || error.code !== 403) throw error
    const role = 'the role of the command that is cleaned up after has the rights (docs/rbac)'
    const advice =
      namespace === undefined
        ? [role, '--namespace NAMESPACE looks in that one alone, and needs rights there only']
        : [role]
    throw new PerfError(error.message, { advice, cause: error })
  }
}

function choose(found: readonly FoundRun[], { run: named, all }: CleanupOptions, nowMs: number): FoundRun[] {
  const missing = named.find((runId) => !found.some((run) => run.runId === runId))
  if (missing !== undefined) {
    throw new PerfError(`run "${missing}" not found`, {
      advice: [
        found.length === 0
          ? 'nothing of any run is there: it has cleaned up, or was elsewhere (--context, --namespace)'
          : `found: ${found.map(({ runId }) => runId).join(', ')}`,
      ],
    })
  }
  if (all) return [...found]
  return found.filter((run) => (named.length === 0 ? isAbandoned(run, nowMs) : named.includes(run.runId)))
}

async function removeRun(
  client: KubeClient,
  run: FoundRun,
  options: CleanupOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<Finding[]> {
  const { runId, namespaces, guestIn, resources } = run
  const scopes = [
    ...(namespaces.length === 0 ? [] : [namedNamespaces(runId, namespaces)]),
    ...guestIn.map((namespace) => existingNamespace(runId, namespace)),
  ]
  const findings: Finding[] = []
  for (const scope of scopes) {
    const left = await cleanUp(client, scope, resources, {
      timeoutMs: options.timeout,
      signal,
      command: `kubectl perf cleanup --run ${runId} -y${connectionFlags(options)}`,
      onLeft: (count) => progress.update(`Removing run ${runId}   ${count} left`),
    })
    findings.push(...left)
  }
  return findings
}

function leftError(left: readonly Finding[]): PerfError {
  return new PerfError(left.map(({ message }) => message).join('\n'), {
    advice: [...new Set(left.flatMap(({ advice }) => advice ?? []))].map((command) => `try later: ${command}`),
  })
}

function renderRuns(found: readonly FoundRun[], doomed: readonly FoundRun[], nowMs: number): string {
  const rows = found.map((run) => [
    run.runId,
    describeNames(run.namespaces),
    describeNames(run.guestIn),
    run.heartbeatMs === undefined
      ? '<unknown>'
      : `${formatDuration(Math.max(0, Math.round((nowMs - run.heartbeatMs) / 1000)) * 1000)} ago`,
    run.kept ? 'kept' : isAbandoned(run, nowMs) ? 'dead' : 'alive',
    doomed.includes(run) ? 'remove' : 'leave',
    run.command ?? '<unknown>',
  ])
  const titles = ['RUN', 'NAMESPACES', 'GUEST-IN', 'LAST-SEEN', 'STATE', 'ACTION', 'COMMAND']
  return renderTable(
    titles.map((title) => ({ title })),
    rows,
  )
}

function describeNames(names: readonly string[]): string {
  if (names.length === 0) return '<none>'
  const rest = names.length - MOST_NAMES
  return `${names.slice(0, MOST_NAMES).join(',')}${rest > 0 ? ` + ${rest} more...` : ''}`
}
