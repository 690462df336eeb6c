import { dirname, isAbsolute, join } from 'node:path'
import { UsageError } from '../../errors/perf-error.ts'
import { parseTemplate, type RenderOptions, renderWithLines, type Template } from '../../workload/template/template.ts'
import type { Value } from '../../workload/template/value.ts'
import { readYamlTree, treeValue, type YamlTree } from '../../workload/template/yaml-tree.ts'
import {
  emptyMap,
  faultAtLine,
  finish,
  type MapReader,
  openMap,
  type ReadingContext,
  take,
  takeBoolean,
  takeChoice,
  takeDurationMs,
  takeIndexOnly,
  takeList,
  takeText,
  takeWithoutEffect,
  warnNotFollowed,
} from './config-reader.ts'
import type { KubeBurnerConfig, KubeBurnerJob } from './kube-burner-config.ts'
import { readJob } from './read-job.ts'
import { takeMeasurements } from './read-measurements.ts'
import type { TemplateLoader } from './read-objects.ts'

export interface ReadOptions {
  /**
   * Text of a file. Paths of object templates are relative to the configuration and reach it as that; what the function
   * ReadFile of a template names reaches it as it is, as in kube-burner. @throws UsageError
   */
  readonly readFile: (path: string) => string
  /** The variables of the configuration's template, beside the user's data. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** `--user-data`: YAML or JSON whose keys stand for environment variables of the same name. */
  readonly userData?: { readonly text: string; readonly fileName: string }
  /** `{{.UUID}}`: names the run. */
  readonly uuid: string
  readonly random?: () => number
  readonly now?: () => Date
}

/**
 * Reads a kube-burner configuration, of version 2 or 1, with the templates that it names.
 * The file is rendered as a template first, then read strictly. What would change the load or what is measured and
 * cannot be done is refused, never passed over.
 * @throws UsageError `file:line: what`, also for faults in a template
 */
export function readKubeBurnerConfig(text: string, fileName: string, options: ReadOptions): KubeBurnerConfig {
  const context: ReadingContext = { fileName, indexOnly: [], withoutEffect: [], notFollowed: [], warnings: [] }
  const template = parseTemplate(text, fileName)
  const rendered = renderWithLines(template, variables(options), renderOptions(options))
  const tree = readYamlTree(rendered, fileName)
  if (tree === undefined) throw new UsageError(`${fileName}: the configuration is empty`)
  const reader = openMap(tree, 'configuration', context)
  const settings = readGlobal(reader)
  const load = templateLoader(fileName, options, settings.functionTemplates)
  const trees = takeList(reader, 'jobs')
  const jobs = trees.map((job) => readJob(job, settings, context, load))
  warnOfAlerts(reader)
  takeIndexOnly(reader, ['metricsEndpoints', 'metricsEndpoint', 'indexer', 'indexerConfig'])
  finish(reader)
  checkJobs(jobs, context)
  return {
    fileName,
    requestTimeoutMs: settings.requestTimeoutMs,
    gc: settings.gc,
    waitWhenFinished: settings.waitWhenFinished,
    jobs,
    warnings: warningsOf(context),
  }
}

function variables({ environment, userData, uuid }: ReadOptions): Map<string, Value> {
  const all = new Map<string, Value>(Object.entries(environment).filter(([, value]) => value !== undefined))
  if (userData !== undefined) {
    for (const [key, value] of userVariables(userData)) all.set(key, value)
  }
  return all.set('UUID', uuid)
}

function userVariables({ text, fileName }: { text: string; fileName: string }): Map<string, Value> {
  const tree = readYamlTree({ text, sourceLine: (offset) => text.slice(0, offset).split('\n').length }, fileName)
  const data = tree === undefined ? undefined : treeValue(tree)
  if (typeof data === 'object' && data !== null && data.kind === 'dict') return data.entries
  throw new UsageError(`${fileName}: expected a map of variables`)
}

function renderOptions({ environment, random, now, readFile }: ReadOptions): RenderOptions {
  return {
    missingKey: 'error',
    environment,
    readFile,
    ...(random === undefined ? {} : { random }),
    ...(now === undefined ? {} : { now }),
  }
}

/** A path of the configuration, from where the configuration's own path is counted. */
export function resolvePath(fileName: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(fileName), path)
}

interface Settings {
  readonly requestTimeoutMs: number
  readonly gc: boolean
  readonly waitWhenFinished: boolean
  readonly measurements: ReturnType<typeof takeMeasurements>
  readonly functionTemplates: readonly { readonly path: string; readonly fail: (message: string) => never }[]
}

function readGlobal(configuration: MapReader): Settings {
  const { context } = configuration
  const reader = openMap(take(configuration, 'global') ?? emptyMap(configuration.line), 'global part', context)
  const settings: Settings = {
    requestTimeoutMs: takeDurationMs(reader, 'requestTimeout', 60_000),
    gc: takeBoolean(reader, 'gc', false),
    waitWhenFinished: takeBoolean(reader, 'waitWhenFinished', false),
    measurements: takeMeasurements(reader),
    functionTemplates: takeList(reader, 'functionTemplates').map((item) => filePath(item, context)),
  }
  warnNotFollowed(reader, 'requestTimeout', 'use --request-timeout')
  if (!settings.gc) warnNotFollowed(reader, 'gc', 'all is removed at the end; use --keep')
  if (takeBoolean(reader, 'clusterHealth', false)) context.warnings.push('clusterHealth is not checked before the run')
  if (takeChoice(reader, 'deletionStrategy', ['default', 'gvr']) === 'gvr') {
    context.warnings.push('deletionStrategy gvr is not followed: objects go with their namespaces')
  }
  // kube-burner overwrites it with its flag --timeout.
  takeWithoutEffect(reader, ['timeout'])
  takeIndexOnly(reader, [
    'gcMetrics',
    'indexerConfig',
    'indexer',
    'metricsProfile',
    'metricsDirectory',
    'writeToFile',
    'createTarball',
    'prometheusURL',
    'bearerToken',
  ])
  if (takeText(reader, 'alertProfile') !== undefined)
    context.warnings.push('the alerts of alertProfile are not evaluated: use --threshold')
  finish(reader)
  return settings
}

function filePath(tree: YamlTree, context: ReadingContext): Settings['functionTemplates'][number] {
  const fail = (message: string) => faultAtLine(context, tree.line, message)
  if (tree.kind === 'scalar' && typeof tree.value === 'string') return { path: tree.value, fail }
  return fail('functionTemplates must be a list of file names')
}

// A file that several objects name is read and parsed once.
function templateLoader(
  fileName: string,
  { readFile }: ReadOptions,
  shared: Settings['functionTemplates'],
): TemplateLoader {
  const parsed = new Map<string, Template>()
  const parse = (path: string, fail: (message: string) => never, functions: readonly Template[]) => {
    if (/^https?:\/\//.test(path)) fail(`${path}: templates are read from files only`)
    const resolved = resolvePath(fileName, path)
    const known = parsed.get(resolved)
    if (known !== undefined) return known
    const template = parseTemplate(readAt(resolved, readFile, fail), resolved, functions)
    parsed.set(resolved, template)
    return template
  }
  let functions: Template[] | undefined
  return (path, fail) => {
    functions ??= shared.map((file) => parse(file.path, file.fail, []))
    return parse(path, fail, functions)
  }
}

// What the reader says about a file stands beside the line that names it.
function readAt(path: string, readFile: ReadOptions['readFile'], fail: (message: string) => never): string {
  try {
    return readFile(path)
  } catch (error) {
    if (error instanceof UsageError) return fail(error.message)
    throw error
  }
}

// Alerts are PromQL that decides whether the run passes.
function warnOfAlerts({ entries, context }: MapReader): void {
  const endpoints = entries.get('metricsEndpoints')?.value
  if (endpoints?.kind !== 'list') return
  const alerts = endpoints.items.flatMap((item) => (item.kind === 'map' ? (item.entries.get('alerts') ?? []) : []))
  for (const { line } of alerts) context.warnings.push(`the alerts of line ${line} are not evaluated: use --threshold`)
}

function checkJobs(jobs: readonly KubeBurnerJob[], context: ReadingContext): void {
  const [first] = jobs
  if (first === undefined) throw new UsageError(`${context.fileName}: the configuration has no jobs`)
  const seen = new Map<string, number>()
  for (const { name, line } of jobs) {
    const before = seen.get(name)
    if (before !== undefined) faultAtLine(context, line, `a job named "${name}" stands in line ${before} already`)
    seen.set(name, line)
  }
}

function warningsOf({ fileName, indexOnly, withoutEffect, notFollowed, warnings }: ReadingContext): string[] {
  const index = `${fileName}: not followed, as it only says where kube-burner puts its results: ${indexOnly.join(', ')}`
  const useless = `${fileName}: without effect, as in kube-burner: ${withoutEffect.join(', ')}`
  return [
    ...(indexOnly.length > 0 ? [index] : []),
    ...(withoutEffect.length > 0 ? [useless] : []),
    ...(notFollowed.length > 0 ? [`${fileName}: not followed: ${notFollowed.join('; ')}`] : []),
    ...warnings.map((warning) => `${fileName}: ${warning}`),
  ]
}
