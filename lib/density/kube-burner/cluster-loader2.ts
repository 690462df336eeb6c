import { UsageError } from '../../errors/perf-error.ts'
import { parseDuration } from '../../record/duration.ts'
import type { RenderedText } from '../../workload/template/execute.ts'
import { readYamlDocuments } from '../../workload/template/manifest-yaml.ts'
import { parseTemplate, renderWithLines } from '../../workload/template/template.ts'
import type { Value } from '../../workload/template/value.ts'
import { readYamlTree, treeValue, type YamlTree } from '../../workload/template/yaml-tree.ts'
import { resolvePath } from './read-kube-burner-config.ts'

/** Text of a file that the configuration names; undefined where there is none. */
export type FindFile = (path: string) => string | undefined

/** Whether a file is a configuration of ClusterLoader2, by the keys that only these have; it need not be sound. */
export function isClusterLoader2Config(text: string): boolean {
  const has = (key: string) => new RegExp(`^(?:\\s*-\\s+|\\s*)${key}:`, 'm').test(text)
  const topLevel = (key: string) => new RegExp(`^${key}:`, 'm').test(text)
  return topLevel('steps') && !topLevel('jobs') && ['tuningSets', 'phases', 'measurements', 'module'].some(has)
}

/** The fault that a configuration of ClusterLoader2 is, with the command of ours that does the same as its advice. */
export function clusterLoader2Fault(text: string, fileName: string, findFile: FindFile): UsageError {
  const command = clusterLoader2Command(text, fileName, findFile)
  return new UsageError(`${fileName} is a ClusterLoader2 configuration, which density does not read`, {
    advice: [
      command === undefined
        ? 'use one of --workload pods, deployments, api-load or template with --iterations, --qps and --burst'
        : `what does the same is: ${command}`,
    ],
  })
}

/** The command line that puts the load of a ClusterLoader2 configuration; undefined where its load is none of ours. */
export function clusterLoader2Command(text: string, fileName: string, findFile: FindFile): string | undefined {
  const tree = readConfiguration(text, fileName)
  if (tree === undefined) return undefined
  const phases = phasesOf(tree, fileName, findFile)
  const first = phases[0]
  if (first === undefined) return undefined
  const options = workloadOptions(first, phases)
  const limit = startupLimit(tree)
  if (limit !== undefined) options.push(`--threshold 'pod_ready_latency.p99<=${limit}'`)
  return ['kubectl perf density', ...options].join(' ')
}

// Its templates have defaults for what the command line may give: with these it is as it runs without any.
function readConfiguration(text: string, fileName: string): YamlTree | undefined {
  try {
    return readYamlTree(renderWithLines(parseTemplate(text, fileName), new Map(), { missingKey: 'zero' }), fileName)
  } catch (error) {
    if (error instanceof UsageError) return undefined
    throw error
  }
}

interface Phase {
  readonly kind: string
  readonly basename: string
  readonly templatePath: string
  readonly namespaces: number
  readonly perNamespace: number
  readonly qps: string | undefined
  readonly burst: string | undefined
  readonly lists: boolean
  readonly variables: ReadonlyMap<string, Value>
  /** The first container of the object, or of its pods. */
  readonly container: Record<string, unknown>
}

function phasesOf(tree: YamlTree, fileName: string, findFile: FindFile): Phase[] {
  const numberOfNamespaces = numberAt(tree, 'namespace', 'number') ?? 1
  return itemsAt(tree, 'steps').flatMap((step) =>
    itemsAt(step, 'phases').flatMap((phase) =>
      itemsAt(phase, 'objectBundle').map((bundle): Phase => {
        const templatePath = resolvePath(fileName, textAt(bundle, 'objectTemplatePath') ?? '')
        const basename = textAt(bundle, 'basename') ?? 'object'
        const variables = variablesOf(bundle)
        const manifest = readTemplate(findFile(templatePath), templatePath, variables)
        const min = numberAt(phase, 'namespaceRange', 'min') ?? 1
        return {
          kind: typeof manifest.kind === 'string' ? manifest.kind : kindByName(templatePath),
          basename,
          templatePath,
          namespaces: (numberAt(phase, 'namespaceRange', 'max') ?? numberOfNamespaces) - min + 1,
          perNamespace: numberAt(phase, 'replicasPerNamespace') ?? 0,
          ...rateOf(tree, textAt(phase, 'tuningSet')),
          lists: at(bundle, 'listUnknownObjectOptions') !== undefined,
          variables,
          container: containerOf(manifest),
        }
      }),
    ),
  )
}

function variablesOf(bundle: YamlTree): ReadonlyMap<string, Value> {
  const tree = at(bundle, 'templateFillMap')
  const value = tree === undefined ? undefined : treeValue(tree)
  return typeof value === 'object' && value !== null && value.kind === 'dict' ? value.entries : new Map<string, Value>()
}

function rateOf(tree: YamlTree, name: string | undefined): Pick<Phase, 'qps' | 'burst'> {
  const set = itemsAt(tree, 'tuningSets').find((candidate) => textAt(candidate, 'name') === name)
  if (set === undefined) return { qps: undefined, burst: undefined }
  const load = at(set, 'qpsLoad') ?? at(set, 'globalQPSLoad')
  if (load !== undefined) return { qps: textAt(load, 'qps'), burst: textAt(load, 'burst') }
  const random = textAt(set, 'randomizedLoad', 'averageQps') ?? textAt(set, 'poissonLoad', 'expectedActionsPerSecond')
  return { qps: random, burst: undefined }
}

// An object template may well need more than is known here: what cannot be read says nothing.
function readTemplate(text: string | undefined, path: string, variables: Phase['variables']): Record<string, unknown> {
  if (text === undefined) return {}
  let rendered: RenderedText
  try {
    const data = new Map<string, Value>([['Name', 'name'], ['Namespace', 'namespace'], ['Index', 0n], ...variables])
    rendered = renderWithLines(parseTemplate(text, path), data, { missingKey: 'zero' })
  } catch (error) {
    if (error instanceof UsageError) return {}
    throw error
  }
  const [document] = readYamlDocuments(rendered.text).documents
  return record(document?.data)
}

function kindByName(path: string): string {
  const name = path.toLowerCase()
  if (name.includes('deployment')) return 'Deployment'
  if (name.includes('configmap')) return 'ConfigMap'
  return name.includes('pod') ? 'Pod' : ''
}

function containerOf(manifest: Record<string, unknown>): Record<string, unknown> {
  const spec = record(manifest.spec)
  const podSpec = spec.containers === undefined ? record(record(spec.template).spec) : spec
  return record(Array.isArray(podSpec.containers) ? podSpec.containers[0] : undefined)
}

function workloadOptions(first: Phase, phases: readonly Phase[]): string[] {
  const { kind, namespaces, perNamespace, qps, burst } = first
  const rate = [...flag('qps', qps), ...flag('burst', burst)]
  const iterations = `--iterations ${namespaces}`
  if (kind === 'Pod') return [iterations, `--pods ${perNamespace}`, ...rate, ...podOptions(first)]
  const later = phases.filter((phase) => phase !== first && phase.basename === first.basename)
  if (kind === 'Deployment') {
    const replicas = first.variables.get('Replicas')
    const scaled = later.map((phase) => phase.variables.get('Replicas')).find((other) => isOther(other, replicas))
    return [
      '--workload deployments',
      iterations,
      `--deployments ${perNamespace}`,
      ...flag('replicas', replicas),
      ...flag('scale-to', scaled),
      ...rate,
      ...podOptions(first),
    ]
  }
  if (kind === 'ConfigMap') {
    return [
      '--workload api-load',
      iterations,
      `--configmaps ${perNamespace}`,
      ...rate,
      ...flag('list-qps', phases.find(({ lists }) => lists)?.qps),
      ...flag('update-qps', later.find((phase) => phase.perNamespace > 0)?.qps),
      ...flag('delete-qps', later.find((phase) => phase.perNamespace === 0)?.qps),
    ]
  }
  return [
    '--workload template',
    ...flag('template', first.templatePath),
    iterations,
    `--replicas ${perNamespace}`,
    ...rate,
  ]
}

function isOther(value: Value, than: Value): boolean {
  return value !== undefined && value !== than
}

function podOptions({ container }: Phase): string[] {
  const { requests, limits } = record(container.resources)
  return [
    ...flag('image', container.image),
    ...flag('cpu', record(requests).cpu),
    ...flag('memory', record(requests).memory),
    ...flag('cpu-limit', record(limits).cpu),
    ...flag('memory-limit', record(limits).memory),
  ]
}

// What a shell or an option could take for something else is not put into the command.
function flag(name: string, value: unknown): string[] {
  const text = typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? String(value) : ''
  return /^[A-Za-z0-9][\w.:/@+-]*$/.test(text) ? [`--${name} ${text}`] : []
}

// ClusterLoader2 holds all its percentiles against the one limit, 5 s unless the file says otherwise.
function startupLimit(tree: YamlTree): string | undefined {
  const measurement = itemsAt(tree, 'steps')
    .flatMap((step) => itemsAt(step, 'measurements'))
    .find((candidate) => textAt(candidate, 'Method') === 'PodStartupLatency')
  if (measurement === undefined) return undefined
  const limit = textAt(measurement, 'Params', 'threshold') ?? '5s'
  return /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(limit) ? `${parseDuration(limit) / 1000}s` : undefined
}

function at(tree: YamlTree, ...path: readonly string[]): YamlTree | undefined {
  return path.reduce<YamlTree | undefined>(
    (place, key) => (place?.kind === 'map' ? place.entries.get(key)?.value : undefined),
    tree,
  )
}

function itemsAt(tree: YamlTree, key: string): readonly YamlTree[] {
  const list = at(tree, key)
  return list?.kind === 'list' ? list.items : []
}

function textAt(tree: YamlTree, ...path: readonly string[]): string | undefined {
  const scalar = at(tree, ...path)
  return scalar?.kind === 'scalar' && scalar.value !== null ? scalar.source : undefined
}

function numberAt(tree: YamlTree, ...path: readonly string[]): number | undefined {
  const scalar = at(tree, ...path)
  return scalar?.kind === 'scalar' && typeof scalar.value === 'bigint' ? Number(scalar.value) : undefined
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
