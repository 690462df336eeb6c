import { CHART_RELEASES } from '../known-keys/chart-keys.ts'
import { minorOf } from '../known-keys/chart-release.ts'
import { findInvented } from '../known-keys/invented-keys.ts'
import { type ChartKey, describeVersions, findKey, type KeyTable } from '../known-keys/key-table.ts'
import { REPLACED_KEYS, type ReplacedKey } from '../known-keys/replaced-keys.ts'
import type { LintFinding, LintTarget } from '../lint-finding.ts'
import type { Entry, ValueNode } from '../values/values-document.ts'
import { suggestKeys } from './suggest-key.ts'

/**
 * Findings for a key that the chart of this version does not have, and for the keys below it that something is known of.
 */
export function describeUnknownKeys(
  name: string,
  entry: Entry,
  parent: ChartKey | undefined,
  table: KeyTable,
  target: LintTarget,
): readonly LintFinding[] {
  const path = parent === undefined ? name : `${parent.path}.${name}`
  const finding = describeUnknownKey(name, path, entry, parent, table, target)
  const below = knownBelow(path, entry.value, table, target)
  // Where each key below says it better, the map itself need not.
  const names = entry.value.kind === 'map' ? [...entry.value.entries.keys()] : []
  const isSaid = (name: string) => below.some((found) => found.path === `${path}.${name}`)
  return finding.advice === undefined && names.length > 0 && names.every(isSaid) ? below : [finding, ...below]
}

/** The warning for a key that this chart still reads but will not for long; undefined for all others. */
export function describeDeprecated(
  path: string,
  { place, value }: Entry,
  { minor }: LintTarget,
): LintFinding | undefined {
  const replaced = REPLACED_KEYS.find((replaced) => replaced.path === path)
  const { deprecatedSince, by, evenIfOff } = replaced ?? {}
  if (deprecatedSince === undefined || minor < deprecatedSince || by === undefined) return undefined
  if (evenIfOff !== true && !isOn(value)) return undefined
  const message = `deprecated since Cilium 1.${deprecatedSince}, still read by 1.${minor}`
  return { severity: 'warning', code: 'DeprecatedKey', place, path, message, advice: by }
}

function describeUnknownKey(
  name: string,
  path: string,
  entry: Entry,
  parent: ChartKey | undefined,
  table: KeyTable,
  target: LintTarget,
): LintFinding {
  const { minor } = target
  const { value, place } = entry
  const common = { severity: 'error', place, path } as const
  const replaced = REPLACED_KEYS.find((replaced) => replaced.path === path)
  const own = findKey(table, path)
  if (own !== undefined) return { ...common, ...describeOtherVersion(own, replaced, value, target) }
  if (replaced !== undefined) return { ...common, ...describeReplaced(replaced, value, minor) }
  const invented = findInvented(path)
  const message = `no such key${describeBelow(value)}: Helm ignores it`
  if (invented !== undefined) {
    const later = laterVersionNeeded(invented.advice('', minor), table, minor)
    return { ...common, code: 'UnknownKey', message, advice: `${invented.advice(textOf(value), minor)}${later}` }
  }
  const near = suggestKeys(name, parent, value, table, minor)
  if (near.length > 0) {
    return {
      ...common,
      code: 'UnknownKey',
      message,
      advice: near.map((key) => writeKey(key, value, minor)).join(' or '),
    }
  }
  const newest = minorOf(CHART_RELEASES.at(-1) ?? '')
  const [later] = minor < newest ? suggestKeys(name, parent, value, table, newest) : []
  return {
    ...common,
    code: 'UnknownKey',
    message,
    ...(later !== undefined && { advice: `${later.path}, Cilium ${describeVersions(later)}` }),
  }
}

function describeOtherVersion(
  key: ChartKey,
  replaced: ReplacedKey | undefined,
  value: ValueNode,
  { minor }: LintTarget,
): Pick<LintFinding, 'code' | 'message' | 'advice'> {
  const first = Math.min(...key.types.keys())
  const last = Math.max(...key.types.keys())
  if (minor < first) {
    return {
      code: 'LaterKey',
      message: `comes with Cilium 1.${first}: Helm ignores it before`,
      ...earlierName(key.path),
    }
  }
  const advice = replaced?.by === undefined ? {} : { advice: replaced.by }
  if (replaced !== undefined && isRefused(replaced, value, minor)) {
    return { code: 'RefusedKey', message: `gone since Cilium 1.${last + 1}: Helm refuses it`, ...advice }
  }
  return { code: 'RemovedKey', message: `gone since Cilium 1.${last + 1}: Helm ignores it`, ...advice }
}

function describeReplaced(
  replaced: ReplacedKey,
  value: ValueNode,
  minor: number,
): Pick<LintFinding, 'code' | 'message' | 'advice'> {
  const refused = isRefused(replaced, value, minor)
  return {
    code: refused ? 'RefusedKey' : 'RemovedKey',
    message: `only in charts before 1.14: Helm ${refused ? 'refuses' : 'ignores'} it`,
    ...(replaced.by !== undefined && { advice: replaced.by }),
  }
}

function isRefused({ refusedSince, refusedIfTrue }: ReplacedKey, value: ValueNode, minor: number): boolean {
  if (refusedSince === undefined || minor < refusedSince) return false
  return refusedIfTrue !== true || isOn(value)
}

/** What a template's `if` takes for true. */
function isOn(value: ValueNode): boolean {
  return value.kind !== 'scalar' || (value.value !== null && Boolean(value.value))
}

// What does the same before a key was there.
function earlierName(path: string): Pick<LintFinding, 'advice'> {
  const earlier = REPLACED_KEYS.find(({ by }) => by === path || by?.startsWith(`${path}.`) === true)
  return earlier === undefined ? {} : { advice: earlier.path }
}

/** Of a map that is unknown as a whole, the keys below that have an entry of their own. */
function knownBelow(path: string, value: ValueNode, table: KeyTable, target: LintTarget): readonly LintFinding[] {
  if (value.kind !== 'map') return []
  return [...value.entries].flatMap(([name, entry]) => {
    const own = `${path}.${name}`
    const deeper = knownBelow(own, entry.value, table, target)
    if (deeper.length > 0) return deeper
    const described = describeKnown(own, entry.value, table, target)
    return described === undefined ? [] : [{ severity: 'error', place: entry.place, path: own, ...described }]
  })
}

function describeKnown(
  path: string,
  value: ValueNode,
  table: KeyTable,
  target: LintTarget,
): Pick<LintFinding, 'code' | 'message' | 'advice'> | undefined {
  const invented = findInvented(path)
  const replaced = REPLACED_KEYS.find((replaced) => replaced.path === path)
  const key = findKey(table, path)
  if (replaced !== undefined) {
    return key === undefined
      ? describeReplaced(replaced, value, target.minor)
      : describeOtherVersion(key, replaced, value, target)
  }
  if (invented === undefined) return undefined
  const advice = invented.advice(textOf(value), target.minor)
  return { code: 'UnknownKey', message: 'no such key: Helm ignores it', advice }
}

function laterVersionNeeded(advice: string, table: KeyTable, minor: number): string {
  const key = findKey(table, advice)
  return key === undefined || key.types.has(minor) ? '' : `, Cilium ${describeVersions(key)}`
}

function writeKey({ path, types }: ChartKey, value: ValueNode, minor: number): string {
  const text = textOf(value)
  const since = Math.min(...types.keys())
  const isOld = since === minorOf(CHART_RELEASES[0] ?? '')
  return `${path}${text === '' || types.get(minor) === 'm' ? '' : `: ${text}`}${isOld ? '' : ` (since 1.${since})`}`
}

function describeBelow(value: ValueNode): string {
  const keys = value.kind === 'map' ? countKeys(value) : 0
  return keys === 0 ? '' : `, nor the ${keys === 1 ? 'one' : keys} below it`
}

function countKeys(value: ValueNode): number {
  if (value.kind !== 'map') return 0
  return [...value.entries.values()].reduce((sum, { value }) => sum + 1 + countKeys(value), 0)
}

/** A short value as it would be written again; empty for all others. */
function textOf(value: ValueNode): string {
  if (value.kind !== 'scalar' || value.value === null) return ''
  const text = String(value.value)
  return text.length <= 30 && !text.includes('\n') ? text : ''
}
