import { nearest } from '../../../record/nearest-word.ts'
import type { Shape } from '../known-keys/kubernetes-shapes.ts'
import type { LintFinding } from '../lint-finding.ts'
import { isPlaceholder } from '../values/merged-values.ts'
import type { Entry, ValueNode } from '../values/values-document.ts'
import { describeTypes, describeValue, isOfType } from './check-type.ts'

/** Findings for what the chart hands on to Kubernetes as it is, and Kubernetes would drop or refuse. */
export function checkShape(path: string, shape: Shape, value: ValueNode): readonly LintFinding[] {
  if (value.kind === 'scalar' && (value.value === null || isPlaceholder(value.value))) return []
  if (typeof shape === 'string') return checkLetters(path, shape, value)
  if (Array.isArray(shape)) {
    if (value.kind !== 'list') return [wrongType(path, 'l', value)]
    const [item] = shape as readonly [Shape]
    return value.items.flatMap((one, index) => checkShape(`${path}[${index}]`, item, one))
  }
  const known = shape as Readonly<Record<string, Shape>>
  if (value.kind !== 'map') return [wrongType(path, 'm', value)]
  return [...value.entries].flatMap(([name, entry]) => {
    const own = Object.hasOwn(known, name) ? known[name] : undefined
    if (own !== undefined) return checkShape(`${path}.${name}`, own, entry.value)
    const near = nearest(name, Object.keys(known))
    return [
      {
        severity: 'error' as const,
        code: 'UnknownField',
        place: entry.place,
        path: `${path}.${name}`,
        message: 'Kubernetes has no such field: it is dropped',
        ...(near === undefined ? {} : { advice: near }),
      },
    ]
  })
}

function checkLetters(path: string, letters: string, value: ValueNode): readonly LintFinding[] {
  if (!isOfType(value, letters)) return [wrongType(path, letters, value)]
  if (value.kind !== 'map') return []
  const entries = [...value.entries]
  switch (letters) {
    case 'S':
      return entries.flatMap(([name, entry]) => checkShape(`${path}.${name}`, 's', entry.value))
    case 'L':
      return entries.flatMap(([name, entry]) => [
        ...checkNodeLabel(path, name, entry),
        ...checkShape(`${path}.${name}`, 's', entry.value),
      ])
    case 'Q':
      return entries.flatMap(([name, entry]) => checkQuantity(path, name, entry))
    default:
      return []
  }
}

const NODE_LABELS: readonly string[] = [
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'kubernetes.io/hostname',
  'node-role.kubernetes.io/control-plane',
  'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
]

function checkNodeLabel(path: string, name: string, { place }: Entry): readonly LintFinding[] {
  const near = NODE_LABELS.includes(name) ? undefined : nearest(name, NODE_LABELS)
  if (near === undefined) return []
  const message = `nodes have ${near}: a pod that asks for another label may find no node`
  return [{ severity: 'warning', code: 'UnknownField', place, path: `${path}.${name}`, message, advice: near }]
}

// Others have a domain in front of them.
const RESOURCES: readonly string[] = ['cpu', 'memory', 'ephemeral-storage']
const QUANTITY = /^[+-]?(\d+\.?\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/

function checkQuantity(path: string, name: string, { place, value }: Entry): readonly LintFinding[] {
  const own = `${path}.${name}`
  if (!RESOURCES.includes(name) && !name.includes('/') && !name.startsWith('hugepages-')) {
    const near = nearest(name, RESOURCES)
    const message = 'Kubernetes has no such resource: the API server refuses it'
    return [
      {
        severity: 'error',
        code: 'UnknownField',
        place,
        path: own,
        message,
        ...(near !== undefined && { advice: near }),
      },
    ]
  }
  if (
    value.kind === 'scalar' &&
    (value.value === null || isPlaceholder(value.value) || QUANTITY.test(String(value.value)))
  )
    return []
  return [wrongType(own, 'q', value)]
}

function wrongType(path: string, letters: string, value: ValueNode): LintFinding {
  const name = path.split('.').at(-1) ?? path
  const quoted = letters === 's' && value.kind === 'scalar'
  return {
    severity: 'error',
    code: 'WrongType',
    place: value.place,
    path,
    message: `${describeValue(value)} where ${describeTypes(letters)} belongs: the API server refuses it`,
    advice: quoted ? `${name}: ${JSON.stringify(String(value.value))}, in quotes` : describeTypes(letters),
  }
}
