import { UsageError } from '../../errors/perf-error.ts'
import { parseDuration } from '../../record/duration.ts'
import { nearest } from '../../record/nearest-word.ts'
import { type Dict, dict } from '../../workload/template/value.ts'
import {
  treeValue,
  type YamlEntry,
  type YamlMap,
  type YamlScalar,
  type YamlTree,
} from '../../workload/template/yaml-tree.ts'

/** What is found while a file is read. */
export interface ReadingContext {
  readonly fileName: string
  /** Keys that only say where kube-burner puts its results, with their lines. */
  readonly indexOnly: string[]
  /** Keys that have no effect where they stand. */
  readonly withoutEffect: string[]
  /** Keys that are not followed, with what to use instead. */
  readonly notFollowed: string[]
  readonly warnings: string[]
}

/** One map of the file whose keys are taken one by one; what is left over is unknown. */
export interface MapReader {
  readonly context: ReadingContext
  /** What the map describes, e.g. `job "burst"`. */
  readonly what: string
  readonly line: number
  readonly entries: ReadonlyMap<string, YamlEntry>
  readonly taken: Set<string>
}

/** @throws UsageError when it is no map */
export function openMap(tree: YamlTree, what: string, context: ReadingContext): MapReader {
  if (tree.kind === 'map') return { context, what, line: tree.line, entries: tree.entries, taken: new Set() }
  return faultAtLine(context, tree.line, `${what} must be a map of keys and values`)
}

/** @throws UsageError `file:line: message`, in any case */
export function faultAtLine({ fileName }: ReadingContext, line: number, message: string): never {
  throw new UsageError(`${fileName}:${line}: ${message}`)
}

/** The value of a key, which is known from now on; undefined where it is absent or null. */
export function take(reader: MapReader, key: string): YamlTree | undefined {
  reader.taken.add(key)
  const value = reader.entries.get(key)?.value
  return value === undefined || (value.kind === 'scalar' && value.value === null) ? undefined : value
}

/** Line of a key, or of the map where it is absent. */
export function lineOf(reader: MapReader, key: string): number {
  return reader.entries.get(key)?.line ?? reader.line
}

/** @throws UsageError with the line of the key, in any case */
export function fail(reader: MapReader, key: string, message: string): never {
  return faultAtLine(reader.context, lineOf(reader, key), message)
}

function takeScalar(reader: MapReader, key: string, expected: string): YamlScalar | undefined {
  const value = take(reader, key)
  if (value === undefined || value.kind === 'scalar') return value
  return fail(reader, key, `${key} must be ${expected}, not a ${value.kind}`)
}

/** A text as it is written: a number or a boolean counts as one, as in yaml.v3. */
export function takeText(reader: MapReader, key: string): string | undefined {
  return takeScalar(reader, key, 'a text')?.source
}

/**
 * One of the choices, undefined where the key is absent.
 * @throws UsageError that names the nearest choice
 */
export function takeChoice<Choice extends string>(
  reader: MapReader,
  key: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = takeText(reader, key)
  const found = choices.find((choice) => choice === text)
  if (text === undefined || found !== undefined) return found
  return fail(
    reader,
    key,
    `${key} ${JSON.stringify(text)} is not one of ${choices.join(', ')}${suggestion(text, choices)}`,
  )
}

/** @param standard where the key is absent */
export function takeBoolean(reader: MapReader, key: string, standard: boolean): boolean {
  const scalar = takeScalar(reader, key, 'true or false')
  if (scalar === undefined) return standard
  if (typeof scalar.value === 'boolean') return scalar.value
  // yaml.v3 takes YAML 1.1's words where a boolean is asked for.
  if (/^(?:y|yes|on)$/i.test(scalar.source)) return true
  if (/^(?:n|no|off)$/i.test(scalar.source)) return false
  return fail(reader, key, `${key} must be true or false, not ${JSON.stringify(scalar.source)}`)
}

/** A whole number of at least `least`. */
export function takeInteger(reader: MapReader, key: string, standard: number, least: number): number {
  const scalar = takeScalar(reader, key, 'a whole number')
  if (scalar === undefined) return standard
  const number = typeof scalar.value === 'bigint' ? Number(scalar.value) : scalar.value
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
    return fail(reader, key, `${key} must be a whole number, not ${JSON.stringify(scalar.source)}`)
  }
  return number >= least ? number : fail(reader, key, `${key} must be at least ${least}, not ${number}`)
}

/** A number, whole or not; undefined where the key is absent. */
export function takeNumber(reader: MapReader, key: string): number | undefined {
  const scalar = takeScalar(reader, key, 'a number')
  if (scalar === undefined) return undefined
  const number = typeof scalar.value === 'bigint' ? Number(scalar.value) : scalar.value
  if (typeof number === 'number') return number
  return fail(reader, key, `${key} must be a number, not ${JSON.stringify(scalar.source)}`)
}

/** A Go duration in milliseconds; a plain 0 is one too. */
export function takeDurationMs(reader: MapReader, key: string, standardMs: number): number {
  const text = takeText(reader, key)
  if (text === undefined) return standardMs
  let durationMs: number
  try {
    durationMs = parseDuration(text)
  } catch (error) {
    if (error instanceof UsageError) return fail(reader, key, `${key}: ${error.message}`)
    throw error
  }
  return durationMs >= 0 ? durationMs : fail(reader, key, `${key} must not be negative`)
}

/** A map of texts, such as labels; empty where the key is absent. */
export function takeTextMap(reader: MapReader, key: string): Record<string, string> {
  const value = take(reader, key)
  if (value === undefined) return {}
  if (value.kind !== 'map') return fail(reader, key, `${key} must be a map of texts`)
  return Object.fromEntries(
    [...value.entries].map(([name, entry]): [string, string] => {
      if (entry.value.kind === 'scalar') return [name, entry.value.source]
      return faultAtLine(reader.context, entry.line, `${key}.${name} must be a text`)
    }),
  )
}

/** The variables of an object's template, as it sees them. */
export function takeInputVars(reader: MapReader): Dict {
  const value = take(reader, 'inputVars')
  if (value === undefined) return dict()
  const data = treeValue(value)
  if (typeof data === 'object' && data !== null && data.kind === 'dict') return data
  return fail(reader, 'inputVars', 'inputVars must be a map')
}

/** A list of anything; empty where the key is absent. */
export function takeList(reader: MapReader, key: string): readonly YamlTree[] {
  const value = take(reader, key)
  if (value === undefined || value.kind === 'list') return value?.items ?? []
  return fail(reader, key, `${key} must be a list`)
}

/** Keys that only say where kube-burner puts its results: accepted, and named in one warning. */
export function takeIndexOnly(reader: MapReader, keys: readonly string[]): void {
  for (const key of keys) {
    if (reader.entries.has(key)) reader.context.indexOnly.push(`${key} (line ${lineOf(reader, key)})`)
    reader.taken.add(key)
  }
}

/** Says of a key that stands in the file that it is not followed, and why that is or what does the same. */
export function warnNotFollowed(reader: MapReader, key: string, instead: string): void {
  if (reader.entries.has(key)) reader.context.notFollowed.push(`${key} (line ${lineOf(reader, key)}): ${instead}`)
}

/** Keys that kube-burner itself does not look at in this place. */
export function takeWithoutEffect(reader: MapReader, keys: readonly string[]): void {
  for (const key of keys) {
    if (take(reader, key) !== undefined) {
      reader.context.withoutEffect.push(`${key} of the ${reader.what} (line ${lineOf(reader, key)})`)
    }
  }
}

/** Keys that would change the load or what is measured in a way that ours cannot: refused unless they are empty. */
export function refuse(reader: MapReader, keys: Readonly<Record<string, string>>): void {
  for (const [key, reason] of Object.entries(keys)) {
    const value = take(reader, key)
    if (value !== undefined && !isEmpty(value))
      fail(reader, key, `${key} of the ${reader.what} is not supported: ${reason}`)
  }
}

function isEmpty(tree: YamlTree): boolean {
  if (tree.kind === 'list') return tree.items.length === 0
  if (tree.kind === 'map') return [...tree.entries.values()].every(({ value }) => isEmpty(value))
  return (
    tree.value === null ||
    tree.value === '' ||
    tree.value === false ||
    tree.value === 0n ||
    /^0[a-z]*$/.test(tree.source)
  )
}

/** Whatever key nobody has taken is unknown. @throws UsageError with the near one */
export function finish(reader: MapReader): void {
  for (const [key, { line }] of reader.entries) {
    if (reader.taken.has(key)) continue
    faultAtLine(reader.context, line, `unknown key "${key}" of the ${reader.what}${suggestion(key, [...reader.taken])}`)
  }
}

/** `; did you mean "x"?`, or nothing where no candidate is near. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates)
  return near === undefined ? '' : `; did you mean "${near}"?`
}

/** Data that has no file behind it. */
export function emptyMap(line: number): YamlMap {
  return { kind: 'map', entries: new Map(), line }
}
