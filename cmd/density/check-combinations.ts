import { UsageError } from '../../lib/errors/perf-error.ts'
import { parseDuration } from '../../lib/record/duration.ts'
import { valueKey } from '../option-table.ts'
import { dashed } from '../option-value.ts'
import { type DensityOptions, densityOptions, type WORKLOADS } from './options.ts'

type Name = keyof typeof densityOptions
type Workload = (typeof WORKLOADS)[number]

/** Options that mean something for some workloads only. */
const MEANT_FOR: Readonly<Partial<Record<Name, readonly Workload[]>>> = {
  iterations: ['pods', 'deployments', 'api-load', 'cluster', 'template'],
  pods: ['pods'],
  deployments: ['deployments'],
  replicas: ['deployments', 'cluster', 'template'],
  'scale-to': ['deployments'],
  'pods-per-node': ['node'],
  configmaps: ['api-load'],
  'list-qps': ['api-load'],
  'update-qps': ['api-load'],
  'delete-qps': ['api-load'],
  churn: ['pods', 'deployments'],
  image: ['pods', 'deployments', 'cluster', 'node'],
  cpu: ['pods', 'deployments', 'cluster', 'node'],
  memory: ['pods', 'deployments', 'cluster', 'node'],
  'cpu-limit': ['pods', 'deployments', 'cluster', 'node'],
  'memory-limit': ['pods', 'deployments', 'cluster', 'node'],
  'node-selector': ['pods', 'deployments', 'cluster', 'node'],
  toleration: ['pods', 'deployments', 'cluster', 'node'],
  preload: ['pods', 'deployments', 'cluster', 'node', 'template'],
  'wait-for': ['pods', 'deployments', 'cluster', 'node', 'template'],
  'probe-connection': ['pods', 'deployments', 'cluster', 'node', 'template'],
  'pending-grace': ['pods', 'deployments', 'cluster', 'node', 'template'],
}

/** Of those, what is for any load that makes pods: also for that of a kube-burner configuration. */
const ALSO_FOR_FILES: ReadonlySet<Name> = new Set<Name>(['preload', 'wait-for', 'probe-connection', 'pending-grace'])

/** What a kube-burner configuration says itself. */
const SAID_BY_FILE: ReadonlySet<Name> = new Set<Name>([
  'workload',
  'no-create-namespace',
  'iterations',
  'namespaces',
  'qps',
  'burst',
  'arrival',
  'template',
  ...(Object.keys(MEANT_FOR) as Name[]).filter((name) => !ALSO_FOR_FILES.has(name)),
])

/**
 * Refuses options that would do nothing: who gives one means something by it.
 * @throws UsageError
 */
export function checkCombinations(options: DensityOptions): void {
  const { filename, workload, repeat, keep, churn, scaleTo, template, namespace, dryRun } = options
  if (filename !== undefined) {
    const given = [...SAID_BY_FILE].filter((name) => isGiven(name, options)).map(dashed)
    if (given.length > 0) {
      throw new UsageError(`the jobs of ${filename} are the load: ${given.join(', ')} cannot go with them`, {
        advice: ['change the file'],
      })
    }
    // Only a dry run, which makes no namespaces, puts all objects into one.
    if (namespace !== undefined && dryRun !== 'server') {
      throw new UsageError(`${filename} names its namespaces itself: --namespace ${namespace} cannot go with it`, {
        advice: ['change the file'],
      })
    }
  } else {
    for (const [name, workloads] of Object.entries(MEANT_FOR)) {
      if (isGiven(name as Name, options) && !workloads.includes(workload)) {
        throw new UsageError(
          `${dashed(name)} is for the workload ${workloads.join(' or ')}: ${workload} takes no notice of it`,
        )
      }
    }
    if (isGiven('user-data', options)) throw new UsageError('--user-data needs -f: it has the variables of that file')
  }
  if (repeat > 1 && keep)
    throw new UsageError('--repeat needs the objects of each run gone: it does not go with --keep')
  if ((workload === 'template') !== template.length > 0) {
    throw new UsageError('--workload template and --template FILE go together')
  }
  if (churn !== undefined && scaleTo !== undefined) throw new UsageError('--churn and --scale-to exclude each other')
  if (churn === undefined && (isGiven('churn-cycles', options) || isGiven('churn-delay', options))) {
    throw new UsageError('--churn-cycles and --churn-delay need --churn PERCENT')
  }
}

/** Is it there, with another value than it has by itself? */
function isGiven(name: Name, options: DensityOptions): boolean {
  const values: Readonly<Record<string, unknown>> = options
  const value = values[valueKey(name)]
  const option = densityOptions[name]
  if (Array.isArray(value)) return value.length > 0
  return value !== undefined && value !== false && value !== standardValue(option)
}

function standardValue(option: (typeof densityOptions)[Name]): unknown {
  if (!('default' in option)) return undefined
  return option.kind === 'duration' ? parseDuration(option.default) : option.default
}
