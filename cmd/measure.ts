import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { UsageError } from '../lib/errors/perf-error.ts'
import type { KubeClient } from '../lib/kube/client.ts'
import type { Prometheus } from '../lib/prometheus/server/prometheus.ts'
import type { ReadSeries } from '../lib/prometheus/server/read-series.ts'
import type { Finding, Metric, Outcome, Phase, RunRecord } from '../lib/record/run-record.ts'
import { printable } from '../lib/report/printable.ts'
import { prepareRunDirectory, type RunDirectory, type RunStart } from '../lib/report/run-directory.ts'
import { type LostTimeWatch, watchForLostTime } from '../lib/run/lost-time.ts'
import { newRunId } from '../lib/run/ownership.ts'
import { timeOfDay } from '../lib/run/timed-phase.ts'
import { evaluateThreshold } from '../lib/thresholds/evaluate.ts'
import { parseThreshold, type Threshold } from '../lib/thresholds/threshold.ts'
import { parseThresholdFile } from '../lib/thresholds/threshold-file.ts'
import { readClusterFacts } from '../lib/workload/cluster-facts.ts'
import type { Context } from './command.ts'
import { connectionFlags } from './connection.ts'
import { outcomeExitCode } from './exit-code.ts'
import { prometheusRequest } from './open-prometheus.ts'
import { type Progress, showProgress } from './progress.ts'
import type { PrometheusValues } from './prometheus-options.ts'
import { renderVerdict } from './render-record.ts'
import { errorLine } from './report-error.ts'
import type { WantedSeries } from './run-series.ts'
import type { KubectlValues } from './shared-options.ts'
import { Interruption } from './signals.ts'
import {
  isStructured,
  type RecordOutput,
  type RenderRecord,
  refuseUnfitOutput,
  refuseUnwritableFile,
  writeRecord,
} from './write-record.ts'

/** The options that every measuring command has. */
export interface MeasureOptions extends KubectlValues, RecordOutput, Partial<PrometheusValues> {
  readonly threshold: readonly string[]
  readonly thresholdFile?: string
  readonly outputDir?: string
  readonly quiet: boolean
  /** Of commands that make objects. */
  readonly keep?: boolean
  /** Of commands that look again and again. */
  readonly watch?: boolean
}

export interface Measurement {
  phases: Phase[]
  metrics: Metric[]
  findings: Finding[]
  details: Record<string, unknown>
  /** What the measuring itself came to, before thresholds and signals. */
  outcome: Outcome
  /** It was the last that `show` got. */
  isShown?: boolean
}

/** What a command's measuring gets to work with. */
export interface MeasureSession {
  client: KubeClient
  runId: string
  cluster: RunRecord['cluster']
  progress: Progress
  signal: AbortSignal
  /** That the options name, for a command that has series. */
  prometheus: Prometheus | undefined
  /** The command line that removes the objects of this run later; with a namespace, rights in that one are enough. */
  cleanUpCommand: (namespace?: string) => string
  /** To be called before the first object is created. Throws when the files of the run cannot be made. */
  willCreate: (cleanUpCommand: string) => Promise<void>
  /** For a run that only reads, before its first sample. Throws when the files of the run cannot be made. */
  willSample: () => Promise<void>
  sample: (metric: string, labels: Record<string, string>, atMs: number, value: number) => void
  /** Writes how things are by now, for a command that looks again and again; the progress line is gone then. */
  show: (measured: Measurement) => Promise<void>
}

export interface MeasureCommand {
  kind: string
  /** How many connections to the API server requests share. */
  apiConnections: number
  /** Those of the command itself, beside the user's. */
  thresholds?: readonly Threshold[]
  /** What to read from a Prometheus of the time of the run, where the user names one. */
  series?: WantedSeries
  /** Measures and cleans up; throws only for faults found before anything was created. */
  measure: (session: MeasureSession) => Promise<Measurement>
  render: RenderRecord
}

/** What all measuring commands do around their measuring: thresholds, connection, record, outputs, exit code. */
export async function runMeasurement(
  command: MeasureCommand,
  options: MeasureOptions,
  context: Context,
): Promise<number> {
  refuseUnfitOutput(options, context.io)
  await refuseUnwritableFile(options, context)
  const thresholds = [...(command.thresholds ?? []), ...(await readThresholds(options, context))]
  const openSeries = await seriesOpener(command, options, context)
  const progress = showProgress(context.io.stderr, options.quiet)
  const directory =
    options.outputDir === undefined
      ? undefined
      : await prepareRunDirectory(resolve(context.workingDirectory, options.outputDir), (fault) =>
          progress.note(`Warning: ${fault}`),
        )
  const client = await context.connect({ ...options, connections: command.apiConnections })
  const runId = newRunId()
  const startedMs = performance.now()
  const startedAt = timeOfDay(startedMs)
  const reported = logging(progress, directory)
  const onAbort = () => reported.note(stoppingNote(context.signal.reason, options.keep))
  let cleanup: Disposable | undefined
  let lost: LostTimeWatch | undefined
  try {
    const cluster = await readClusterFacts(client, context.signal)
    const parameters = parametersOf(options)
    const head = {
      schemaVersion: 1,
      kind: command.kind,
      runId,
      tool: { name: 'kubectl-perf', version: context.version },
      startedAt: startedAt.toISOString(),
    } as const
    const start: RunStart = { ...head, cluster, parameters }
    const series = await openSeries?.(client, reported)
    const session: MeasureSession = {
      client,
      runId,
      cluster,
      progress: reported,
      signal: context.signal,
      prometheus: series?.prometheus,
      cleanUpCommand: (namespace) =>
        `kubectl perf cleanup --run ${runId} -y${connectionFlags({ ...options, namespace })}`,
      async willCreate(cleanUpCommand) {
        await directory?.create(start)
        cleanup = context.registerCleanup(cleanUpCommand)
        context.signal.addEventListener('abort', onAbort, { once: true })
      },
      willSample: async () => directory?.create(start),
      sample: (metric, labels, atMs, value) =>
        directory?.sample({ metric, labels, t: (atMs - startedMs) / 1000, value }),
      async show(measured) {
        progress.stop()
        await writeRecord(complete(measured), command, options, context)
      },
    }
    const endNow = () => ({
      finishedAt: timeOfDay(performance.now()).toISOString(),
      lostTime: lost?.findings() ?? [],
    })
    const complete = (measured: Measurement, { finishedAt, lostTime } = endNow(), read?: ReadSeries): RunRecord => {
      const record: RunRecord = {
        ...head,
        finishedAt,
        outcome: measured.outcome,
        cluster,
        parameters,
        phases: measured.phases,
        metrics: measured.metrics,
        thresholds: thresholds.map((threshold) => evaluateThreshold(threshold, measured.metrics)),
        findings: [...measured.findings, ...lostTime, ...(read?.findings ?? [])],
        ...(read === undefined || read.series.length === 0 ? {} : { series: read.series }),
        details: measured.details,
      }
      return { ...record, outcome: decideOutcome(record, context.signal) }
    }
    const measuredFromMs = Date.now()
    lost = watchForLostTime()
    const measured = await command.measure(session)
    // What is read of the run does not count as part of it, and whoever stops that leaves nothing in the cluster.
    const end = endNow()
    context.signal.removeEventListener('abort', onAbort)
    const stays = options.keep === true || measured.findings.some(({ code }) => code === 'LeftBehind')
    if (!stays) cleanup?.[Symbol.dispose]()
    const record = complete(measured, end, await series?.collect(measuredFromMs, startedAt.getTime()))
    progress.stop()
    // Of a run that has only read; one that makes objects has made it before.
    await directory?.create(start)
    for (const { severity, message } of record.findings) directory?.log(`${severity}: ${message}`)
    directory?.log(renderVerdict(record, { color: false }).trimEnd())
    // Neither keeps the other from being written.
    if (measured.isShown !== true) sayFaults(record, options, context)
    const written = await Promise.allSettled([
      measured.isShown === true ? undefined : writeRecord(record, command, options, context),
      directory?.close(record),
    ])
    for (const result of written) if (result.status === 'rejected') throw result.reason
    return outcomeExitCode(record.outcome, context.signal)
  } catch (error) {
    directory?.log(error instanceof Error ? errorLine(error.message) : String(error))
    throw error
  } finally {
    context.signal.removeEventListener('abort', onAbort)
    progress.stop()
    await directory?.abandon()
    lost?.[Symbol.dispose]()
    cleanup?.[Symbol.dispose]()
    await client[Symbol.asyncDispose]()
  }
}

/** Reads what the options say of Prometheus; what is wrong with that is said before anybody is asked. */
async function seriesOpener({ series }: MeasureCommand, options: MeasureOptions, context: Context) {
  const { prometheus } = options
  if (series === undefined || prometheus === undefined) return undefined
  const request = await prometheusRequest({ ...options, prometheus }, context)
  if (request.choice.kind === 'none') return undefined
  return async (client: KubeClient, progress: Progress) => {
    const { openRunSeries } = await import('./run-series.ts')
    return openRunSeries(series, request, { client, context, progress })
  }
}

function stoppingNote(reason: unknown, keep = false): string {
  const cleaning = keep ? '' : ' and cleaning up'
  return reason instanceof Interruption && reason.signalName === 'SIGHUP'
    ? `The terminal is gone: stopping${cleaning}.`
    : `Stopping${cleaning}. Press Ctrl-C again to leave at once.`
}

/** A fault outranks a verdict: thresholds are held only against a measurement that is complete. */
function decideOutcome({ outcome, thresholds }: RunRecord, signal: AbortSignal): Outcome {
  if (signal.aborted) return 'aborted'
  if (outcome !== 'passed') return outcome
  return thresholds.every(({ passed }) => passed) ? 'passed' : 'failed'
}

async function readThresholds({ threshold, thresholdFile }: MeasureOptions, context: Context): Promise<Threshold[]> {
  const expressions = threshold.map(parseThreshold)
  if (thresholdFile === undefined) return expressions
  const text = await readFile(resolve(context.workingDirectory, thresholdFile), 'utf8').catch((error: Error) => {
    throw new UsageError(`cannot read threshold file "${thresholdFile}": ${error.message}`)
  })
  return [...expressions, ...parseThresholdFile(text, thresholdFile)]
}

/** Whoever reads the result with a program still gets the reason as a line. */
function sayFaults({ findings }: RunRecord, options: MeasureOptions, { io }: Context): void {
  if (options.outputFile === undefined && !isStructured(options)) return
  const faults = findings.filter(({ severity }) => severity === 'error')
  for (const { message } of faults) io.stderr.write(`${printable(errorLine(message))}\n`)
}

/** Every option in force, without what must not be written down. */
function parametersOf(options: MeasureOptions): Record<string, unknown> {
  return { ...options, ...(options.token === undefined ? {} : { token: '<redacted>' }) }
}

function logging(progress: Progress, directory: RunDirectory | undefined): Progress {
  if (directory === undefined) return progress
  return {
    ...progress,
    step(text) {
      directory.log(text)
      progress.step(text)
    },
    note(text) {
      directory.log(text)
      progress.note(text)
    },
  }
}
