import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type CiliumVersion, parseCiliumVersion } from '../../../lib/cilium/cilium-version.ts'
import { readInstalledVersion } from '../../../lib/cilium/lint/installed-version.ts'
import { knownMinors } from '../../../lib/cilium/lint/known-keys/chart-release.ts'
import type { LintFinding } from '../../../lib/cilium/lint/lint-finding.ts'
import { type LintResult, lintValues } from '../../../lib/cilium/lint/lint-values.ts'
import { readValuesFile, type ValuesFile } from '../../../lib/cilium/lint/values/values-file.ts'
import { fileFault } from '../../../lib/errors/file-fault.ts'
import { PerfError, UsageError } from '../../../lib/errors/perf-error.ts'
import type { LintDetails } from '../../../lib/record/details/lint-details.ts'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import { printable } from '../../../lib/report/printable.ts'
import type { Context } from '../../command.ts'
import { outcomeExitCode } from '../../exit-code.ts'
import { offlineRecord } from '../../offline-record.ts'
import { API_CONNECTIONS } from '../../shared-options.ts'
import { refuseUnfitOutput, writeRecord } from '../../write-record.ts'
import type { CiliumLintOptions } from './options.ts'
import { renderLint } from './render.ts'

/** A cluster that does not answer at once is not worth waiting for: the answer only picks a default. */
const CLUSTER_TIMEOUT_MS = 3000
const STANDARD_INPUT = '-'

export async function runCiliumLint(options: CiliumLintOptions, context: Context): Promise<number> {
  refuseUnfitOutput(options, context.io)
  const startedAt = context.clock.now()
  if (options.filename.length === 0) throw new UsageError('must specify at least one values file with -f, --filename')
  const given = readVersion(options.ciliumVersion)
  const files = await readFiles(options.filename, context)
  const { version, source, notes } = given === undefined ? await findVersion(options, context) : given
  const result = lintValues(files, version)
  const say = (text: string) => (options.quiet ? undefined : context.io.stderr.write(`${printable(text)}\n`))
  for (const line of notes) say(line)
  for (const { name, below } of files) if (below !== undefined) say(`${name}: these are the values below ${below}.`)
  const record = offlineRecord('cilium-lint', startedAt, context, {
    outcome: result.findings.some(({ severity }) => severity === 'error') ? 'failed' : 'passed',
    parameters: { ...options, ...(options.token === undefined ? {} : { token: '<redacted>' }) },
    findings: result.findings.map(toFinding),
    details: { ...detailsOf(files, version, source, result) },
  })
  await writeRecord(record, { render: renderLint }, options, context)
  return outcomeExitCode(record.outcome, context.signal)
}

interface ChosenVersion {
  readonly version: CiliumVersion
  readonly source: LintDetails['versionSource']
  /** Lines for who reads along. */
  readonly notes: readonly string[]
}

function readVersion(text: string | undefined): ChosenVersion | undefined {
  if (text === undefined) return undefined
  const version = parseCiliumVersion(text)
  if (version === undefined) {
    throw new UsageError(
      `invalid argument ${JSON.stringify(text)} for "--cilium-version" flag: must be a version such as 1.18 or v1.18.3`,
    )
  }
  const newest = newestVersion()
  const notes =
    version.minor <= newest.minor
      ? []
      : [`Cilium ${version.text} is newer than all whose keys are known: taking those of ${newest.text}.`]
  return { version, source: 'flag', notes }
}

async function findVersion(options: CiliumLintOptions, context: Context): Promise<ChosenVersion> {
  const newest = newestVersion()
  const fallBack = (why: string, reason?: string): ChosenVersion => ({
    version: newest,
    source: 'newest',
    notes: [
      `No --cilium-version given, and ${why}: taking ${newest.text}, the newest that is known.`,
      ...(reason === undefined ? [] : [`  ${reason}`]),
    ],
  })
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(CLUSTER_TIMEOUT_MS)])
  try {
    const client = await context.connect({ ...options, connections: API_CONNECTIONS })
    try {
      const version = await readInstalledVersion(client, signal)
      if (version === undefined) return fallBack('no Cilium in the cluster tells it')
      const isKnown = version.minor <= newest.minor
      const where = client.contextName === '' ? 'The cluster' : `Context ${client.contextName}`
      const note = `${where} runs Cilium ${version.text}`
      return {
        version,
        source: 'cluster',
        notes: [isKnown ? `${note}.` : `${note}, newer than all whose keys are known: taking those of ${newest.text}.`],
      }
    } finally {
      await client[Symbol.asyncDispose]()
    }
  } catch (error) {
    // Who names a cluster wants to hear of it.
    if (context.signal.aborted || namesCluster(options)) throw error
    if (signal.aborted) return fallBack(`the cluster did not answer in ${CLUSTER_TIMEOUT_MS / 1000}s`)
    if (!(error instanceof PerfError)) throw error
    return fallBack('no cluster tells it', error.message)
  }
}

function namesCluster({ kubeconfig, context, cluster, user, server, token }: CiliumLintOptions): boolean {
  return [kubeconfig, context, cluster, user, server, token].some((flag) => flag !== undefined)
}

function newestVersion(): CiliumVersion {
  const minor = Math.max(...knownMinors())
  return { text: `1.${minor}`, minor }
}

async function readFiles(names: readonly string[], context: Context): Promise<readonly ValuesFile[]> {
  if (names.filter((name) => name === STANDARD_INPUT).length > 1) {
    throw new UsageError('standard input can be read only once: give -f - once')
  }
  const files: ValuesFile[] = []
  for (const name of names) {
    const text = name === STANDARD_INPUT ? await readAll(context) : await readText(name, context)
    // What should have written it has failed: an empty file can be meant, an empty pipe cannot.
    if (name === STANDARD_INPUT && text.trim() === '')
      throw new UsageError('standard input is empty: no values to check')
    files.push(readValuesFile(text, name === STANDARD_INPUT ? '<stdin>' : name))
  }
  return files
}

async function readText(name: string, { workingDirectory }: Context): Promise<string> {
  return readFile(resolve(workingDirectory, name), 'utf8').catch((error: unknown) => {
    throw new UsageError(`cannot read values file "${name}": ${fileFault(error)}`)
  })
}

async function readAll({ io }: Context): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of io.stdin)
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
  return text + decoder.decode()
}

function toFinding({ severity, code, place, path, message, advice }: LintFinding): RunRecord['findings'][number] {
  return {
    severity,
    code,
    message: `${place.file}:${place.line}: ${path}: ${message}`,
    ...(advice === undefined ? {} : { advice }),
    objects: [`${place.file}:${place.line}`],
  }
}

function detailsOf(
  files: readonly ValuesFile[],
  version: CiliumVersion,
  versionSource: LintDetails['versionSource'],
  { findings, keys, chartRelease }: LintResult,
): LintDetails {
  return {
    ciliumVersion: version.text,
    versionSource,
    chartRelease,
    files: files.map(({ name }) => name),
    keys,
    problems: findings.map(({ place, ...finding }) => ({ file: place.file, line: place.line, ...finding })),
  }
}
