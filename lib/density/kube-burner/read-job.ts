import type { YamlTree } from '../../workload/template/yaml-tree.ts'
import {
  fail,
  finish,
  type MapReader,
  openMap,
  type ReadingContext,
  refuse,
  takeBoolean,
  takeChoice,
  takeDurationMs,
  takeIndexOnly,
  takeInteger,
  takeList,
  takeNumber,
  takeText,
  takeTextMap,
  takeWithoutEffect,
  warnNotFollowed,
} from './config-reader.ts'
import type { CreateJob, CreateObject, KubeBurnerJob } from './kube-burner-config.ts'
import { takeChurn } from './read-churn.ts'
import { type Measurements, takeMeasurements } from './read-measurements.ts'
import { readCreateObject, readPatchObject, readSelectedObjects, type TemplateLoader } from './read-objects.ts'

const HOUR_MS = 3_600_000
// client-go's, which kube-burner falls back to.
const DEFAULT_QPS = 5
const DEFAULT_BURST = 10
const DNS_1123_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
// The name becomes the value of a label.
const LONGEST_NAME = 63
const LONGEST_NAMESPACE = 62
const TRUNCATED_NAMESPACE = 57

const CREATE_KEYS = [
  'namespace',
  'namespacedIterations',
  'iterationsPerNamespace',
  'preCreateNamespaces',
  'namespaceLabels',
  'namespaceAnnotations',
  'podWait',
  'verifyObjects',
  'errorOnVerify',
  'cleanup',
  'preLoadImages',
  'preLoadPeriod',
  'preLoadNodeLabels',
  'churnConfig',
  'churn',
  'churnCycles',
  'churnPercent',
  'churnDuration',
  'churnDelay',
  'churnDeletionStrategy',
] as const

/** What the file's global part says to every job. */
export interface GlobalSettings {
  readonly waitWhenFinished: boolean
  readonly measurements: Measurements
}

type JobBase = Omit<Extract<KubeBurnerJob, { type: 'read' }>, 'type' | 'objects'>

/** @throws UsageError `file:line: …` for what is wrong or cannot be done */
export function readJob(
  tree: YamlTree,
  settings: GlobalSettings,
  context: ReadingContext,
  load: TemplateLoader,
): KubeBurnerJob {
  const unnamed = openMap(tree, 'job', context)
  const name = takeText(unnamed, 'name') ?? fail(unnamed, 'name', 'a job without a name')
  const reader: MapReader = { ...unnamed, what: `job "${name}"` }
  checkName(reader, name)
  const type = takeChoice(reader, 'jobType', ['create', 'delete', 'patch', 'read', 'kubevirt']) ?? 'create'
  if (type === 'kubevirt') fail(reader, 'jobType', `${reader.what} is of type kubevirt, which is not supported`)
  refuseUnsupported(reader)
  takeIndexOnly(reader, ['metricsAggregate', 'metricsClosing', 'skipIndexing'])
  const base = takeBase(reader, name, settings)
  const job = takeTyped(reader, type, base, settings, load)
  finish(reader)
  return job
}

function checkName(reader: MapReader, name: string): void {
  if (DNS_1123_SUBDOMAIN.test(name) && name.length <= LONGEST_NAME) return
  fail(
    reader,
    'name',
    `the job name "${name}" must be lower-case letters, digits, - and ., ${LONGEST_NAME} characters at most`,
  )
}

function refuseUnsupported(reader: MapReader): void {
  refuse(reader, {
    hooks: 'no commands are run',
    beforeCleanup: 'no commands are run',
    incrementalLoad: 'a job runs all its iterations at once',
    watchers: 'there is no load of watches',
    waitFor: 'it is of an older kube-burner; set wait: false on the objects that are not to be waited for',
  })
}

function takeBase(reader: MapReader, name: string, settings: GlobalSettings): JobBase {
  const own = takeMeasurements(reader)
  const { thresholds } = settings.measurements
  // As kube-burner merges them: a job's thresholds, where it has any, stand for the global ones.
  const merged =
    own.thresholds === undefined || own.thresholds.length === 0 ? (thresholds ?? own.thresholds) : own.thresholds
  const timeoutMs = takeDurationMs(reader, 'maxWaitTimeout', 0)
  const gc = takeBoolean(reader, 'gc', false)
  if (gc && settings.waitWhenFinished)
    fail(reader, 'gc', 'gc of a job and waitWhenFinished of global exclude each other')
  return {
    name,
    line: reader.line,
    iterations: takeInteger(reader, 'jobIterations', 1, 1),
    qps: takeRate(reader, 'qps', DEFAULT_QPS, takeNumber(reader, 'qps') ?? 0),
    burst: takeRate(reader, 'burst', DEFAULT_BURST, takeInteger(reader, 'burst', 0, Number.MIN_SAFE_INTEGER)),
    maxWaitTimeoutMs: timeoutMs === 0 ? 4 * HOUR_MS : timeoutMs,
    waitWhenFinished: takeBoolean(reader, 'waitWhenFinished', true) && !settings.waitWhenFinished,
    iterationDelayMs: takeDurationMs(reader, 'jobIterationDelay', 0),
    pauseMs: takeDurationMs(reader, 'jobPause', 0),
    thresholds: merged ?? [],
    gc,
  }
}

function takeRate(reader: MapReader, key: 'qps' | 'burst', standard: number, given: number): number {
  if (given > 0) return given
  reader.context.warnings.push(`${reader.what} has no ${key}: ${standard}, as kube-burner has it`)
  return standard
}

function takeTyped(
  reader: MapReader,
  type: KubeBurnerJob['type'],
  base: JobBase,
  settings: GlobalSettings,
  load: TemplateLoader,
): KubeBurnerJob {
  const { context } = reader
  const items = takeList(reader, 'objects')
  if (items.length === 0) fail(reader, 'objects', `${reader.what} has no objects`)
  takeExecution(reader, type)
  if (type === 'create') {
    const objects = items.flatMap((item) => readCreateObject(item, context, load) ?? [])
    takeWithoutEffect(reader, ['waitForDeletion'])
    return takeCreate(reader, base, objects, settings)
  }
  takeWithoutEffect(reader, CREATE_KEYS)
  if (type === 'patch') {
    const objects = items.map((item) => readPatchObject(item, context, load))
    const missingKey = takeMissingKey(reader)
    takeWithoutEffect(reader, ['waitForDeletion'])
    return { ...base, type, missingKey, objects, waitWhenFinished: true }
  }
  takeWithoutEffect(reader, ['defaultMissingKeysWithZero'])
  const objects = items.map((item) => readSelectedObjects(item, context))
  if (type === 'read') {
    takeWithoutEffect(reader, ['waitForDeletion'])
    return { ...base, type, objects }
  }
  // A delete job has one iteration, whatever the file says, and waits by waitForDeletion alone.
  const waitForDeletion = takeBoolean(reader, 'waitForDeletion', true)
  return { ...base, type, iterations: 1, waitWhenFinished: false, waitForDeletion, objects }
}

// Patches of all objects run at once, deletes and reads entry by entry; a create job looks at none of these keys.
function takeExecution(reader: MapReader, type: KubeBurnerJob['type']): void {
  if (type === 'patch') {
    const mode = takeChoice(reader, 'executionMode', ['parallel', 'sequential'])
    if (mode === 'sequential')
      fail(reader, 'executionMode', `executionMode sequential of the ${reader.what} is not supported`)
    takeWithoutEffect(reader, ['objectDelay', 'objectWait'])
  } else if (type === 'create') {
    takeWithoutEffect(reader, ['executionMode', 'objectDelay', 'objectWait'])
  } else {
    takeWithoutEffect(reader, ['executionMode'])
    refuse(reader, {
      objectDelay: 'the entries follow one another without a pause',
      objectWait: 'only deletion is waited for',
    })
  }
}

function takeMissingKey(reader: MapReader): 'zero' | 'error' {
  return takeBoolean(reader, 'defaultMissingKeysWithZero', false) ? 'zero' : 'error'
}

function takeCreate(
  reader: MapReader,
  base: JobBase,
  objects: readonly CreateObject[],
  settings: GlobalSettings,
): CreateJob {
  const preloads = takeBoolean(reader, 'preLoadImages', true)
  const preload = {
    periodMs: takeDurationMs(reader, 'preLoadPeriod', 600_000),
    nodeLabels: takeTextMap(reader, 'preLoadNodeLabels'),
  }
  const job: CreateJob = {
    ...base,
    type: 'create',
    namespace: takeNamespace(reader),
    namespacedIterations: takeBoolean(reader, 'namespacedIterations', true),
    iterationsPerNamespace: takeInteger(reader, 'iterationsPerNamespace', 1, 1),
    preCreateNamespaces: takeBoolean(reader, 'preCreateNamespaces', false),
    namespaceLabels: takeTextMap(reader, 'namespaceLabels'),
    namespaceAnnotations: takeTextMap(reader, 'namespaceAnnotations'),
    // kube-burner waits behind each iteration only where it does not wait behind the last one.
    podWait: takeBoolean(reader, 'podWait', false) && !base.waitWhenFinished && !settings.waitWhenFinished,
    verifyObjects: takeBoolean(reader, 'verifyObjects', true),
    errorOnVerify: takeBoolean(reader, 'errorOnVerify', true),
    cleanup: takeBoolean(reader, 'cleanup', true),
    preload: preloads ? preload : undefined,
    churn: takeChurn(reader),
    missingKey: takeMissingKey(reader),
    objects,
  }
  checkRepeats(reader, job)
  if (job.cleanup) warnNotFollowed(reader, 'cleanup', 'a namespace that is there already is refused, not emptied')
  if (preloads) warnNotFollowed(reader, 'preLoadPeriod', '--timeout limits how long images are waited for')
  if (job.verifyObjects && !job.errorOnVerify)
    warnNotFollowed(reader, 'errorOnVerify', 'without an error the objects are not counted')
  return job
}

function takeNamespace(reader: MapReader): string {
  const namespace = takeText(reader, 'namespace') ?? ''
  if (namespace === '') return ''
  if (!DNS_1123_SUBDOMAIN.test(namespace)) fail(reader, 'namespace', `"${namespace}" is no name of a namespace`)
  if (namespace.length <= LONGEST_NAMESPACE) return namespace
  const shortened = namespace.slice(0, TRUNCATED_NAMESPACE)
  reader.context.warnings.push(`the namespace ${namespace} is too long and is cut to ${shortened}, as kube-burner does`)
  return shortened
}

// kube-burner's own rules: its churn and its shared objects know one such number for each job.
function checkRepeats(reader: MapReader, { objects, churn }: CreateJob): void {
  const repeated = objects.filter(({ everyIterations }) => everyIterations > 1)
  const [first] = repeated
  if (first === undefined) return
  if (repeated.some(({ everyIterations }) => everyIterations !== first.everyIterations)) {
    fail(reader, 'objects', `the objects of ${reader.what} have different repeatEveryNIterations`)
  }
  if (churn?.mode === 'objects' && repeated.some((object) => object.churn)) {
    fail(
      reader,
      'objects',
      `objects of ${reader.what} with repeatEveryNIterations need churn: false for churn of objects`,
    )
  }
}
