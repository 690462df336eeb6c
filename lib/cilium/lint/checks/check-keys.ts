import { FIRST_MINOR_WITH_SCHEMA } from '../known-keys/chart-keys.ts'
import type { ChartKey, KeyTable } from '../known-keys/key-table.ts'
import { shapeOf } from '../known-keys/kubernetes-shapes.ts'
import type { LintFinding, LintTarget } from '../lint-finding.ts'
import type { MapNode, ValueNode } from '../values/values-document.ts'
import { checkShape } from './check-shape.ts'
import { checkType } from './check-type.ts'
import { describeDeprecated, describeUnknownKeys } from './unknown-key.ts'

/**
 * Findings for all keys that the chart does not read or refuses, and all values of a type that it cannot use.
 * @param root of one file, as it stands there
 */
export function checkKeys(root: MapNode, table: KeyTable, target: LintTarget): readonly LintFinding[] {
  return checkMap(root, undefined, table, target)
}

function checkMap(
  map: MapNode,
  parent: ChartKey | undefined,
  table: KeyTable,
  target: LintTarget,
): readonly LintFinding[] {
  const known = parent?.below ?? table
  return [...map.entries].flatMap(([name, entry]) => {
    const key = known.get(name)
    const types = key?.types.get(target.minor)
    // Helm's own: what is below reaches all charts, and no key of Cilium's chart is read from there.
    if (name === 'global' && parent === undefined) return checkGlobal(entry.value, table)
    if (key === undefined || types === undefined) return describeUnknownKeys(name, entry, parent, table, target)
    const deprecated = describeDeprecated(key.path, entry, target)
    if (deprecated !== undefined) return [deprecated]
    const wrong = checkType(key.path, types, entry.value, target)
    if (wrong !== undefined) return [wrong]
    if (entry.value.kind === 'map' && types.includes('m')) return checkMap(entry.value, key, table, target)
    return types === 'f' || types === 'l'
      ? [...checkHandedOn(key, entry.value, target), ...findTooDeep(key, entry.value, known, target)]
      : []
  })
}

/** What the chart hands on as it is, Kubernetes judges, and Helm where the chart's schema names a part of it. */
function checkHandedOn(key: ChartKey, value: ValueNode, target: LintTarget): readonly LintFinding[] {
  const shape = shapeOf(key.name)
  const bySchema = target.minor < FIRST_MINOR_WITH_SCHEMA ? [] : checkOwnParts(key, value, target)
  const wrong = new Set(bySchema.map(({ path }) => path))
  const byKubernetes = shape === undefined ? [] : checkShape(key.path, shape, value)
  // Some charts have a switch of their own among Kubernetes' fields.
  const isOwn = ({ code, path }: LintFinding) =>
    code === 'UnknownField' && [...key.below.keys()].some((name) => path === `${key.path}.${name}`)
  return [...bySchema, ...byKubernetes.filter((finding) => !wrong.has(finding.path) && !isOwn(finding))]
}

/** Labels of nodes can have any name, but hardly that of a key which stands beside the selector. */
function findTooDeep(key: ChartKey, value: ValueNode, siblings: KeyTable, target: LintTarget): readonly LintFinding[] {
  if (key.name !== 'nodeSelector' || value.kind !== 'map') return []
  return [...value.entries].flatMap(([name, { place }]): LintFinding[] => {
    const sibling = siblings.get(name)
    if (sibling?.types.has(target.minor) !== true) return []
    const message = 'taken for a label of nodes; the chart has a key of this name one level up'
    return [
      { severity: 'warning', code: 'UnknownField', place, path: `${key.path}.${name}`, message, advice: sibling.path },
    ]
  })
}

function checkOwnParts(key: ChartKey, value: ValueNode, target: LintTarget): readonly LintFinding[] {
  if (value.kind !== 'map') return []
  return [...value.entries].flatMap(([name, entry]) => {
    const own = key.below.get(name)
    const types = own?.types.get(target.minor)
    if (own === undefined || types === undefined) return []
    const wrong = checkType(own.path, types, entry.value, target)
    return wrong === undefined ? checkOwnParts(own, entry.value, target) : [wrong]
  })
}

function checkGlobal(value: ValueNode, table: KeyTable): readonly LintFinding[] {
  if (value.kind !== 'map') return []
  return [...value.entries]
    .filter(([name]) => table.has(name))
    .map(([name, { place }]) => ({
      severity: 'error',
      code: 'UnknownKey',
      place,
      path: `global.${name}`,
      message: 'the chart reads nothing below global: Helm ignores it',
      advice: name,
    }))
}
