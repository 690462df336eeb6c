import { UsageError } from '../lib/errors/perf-error.ts'
import { formatDuration, parseDuration } from '../lib/record/duration.ts'
import { formatQuantity, parseQuantity } from '../lib/record/quantity.ts'
import { type Option, type OptionTable, valueKey } from './option-table.ts'

type Value = string | number | boolean

/** A flag as kubectl names it in its messages: `--qps`, `-o, --output`, and `-v` for the one that has but a letter. */
export function flagName(name: string, option: Pick<Option, 'alias'>): string {
  return option.alias === undefined || option.alias === name ? dashed(name) : `-${option.alias}, ${dashed(name)}`
}

/** `--qps`, and `-v` for a name of one letter. */
export function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`
}

/**
 * The values of a table, by camelCase key: from the texts of the command line, else from the environment, else the
 * default. What `OptionValues<Table>` promises.
 * @param texts by long name; the last text counts unless the option is a list
 * @throws UsageError that names the flag, the text and what it should be
 */
export function readOptionValues(
  table: OptionTable,
  texts: ReadonlyMap<string, readonly string[]>,
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [name, option] of Object.entries(table)) {
    const value = readValue(name, option, texts.get(name), environment)
    if (value !== undefined) values[valueKey(name)] = value
  }
  return values
}

function readValue(
  name: string,
  option: Option,
  texts: readonly string[] | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Value | readonly Value[] | undefined {
  const fromEnvironment = option.environment === undefined ? undefined : environment[option.environment]
  // As in kubectl, an empty variable counts as none.
  const given = texts ?? (fromEnvironment ? [fromEnvironment] : [])
  const place = texts === undefined && fromEnvironment ? option.environment : `"${flagName(name, option)}" flag`
  const parse = (text: string): Value => {
    const value = parseText(option, text, place)
    const fault = findFault(option, value)
    if (fault !== undefined) throw invalid(text, place, fault)
    return value
  }
  if (option.kind !== 'boolean' && option.list !== undefined) {
    if (given.length === 0)
      return option.default === undefined ? [] : [parseText(option, String(option.default), 'default')]
    return given.flatMap((text) => (option.list === 'separated' ? text.split(',') : [text])).map(parse)
  }
  const last = given.at(-1)
  if (last !== undefined) return parse(last)
  if (option.kind === 'boolean') return option.default ?? false
  return option.default === undefined ? undefined : parseText(option, String(option.default), 'default')
}

function parseText(option: Option, text: string, place: string | undefined): Value {
  switch (option.kind) {
    case 'boolean':
      return text === 'true'
    case 'text':
      return text
    case 'choice':
      if (!option.choices.includes(text)) throw invalid(text, place, `must be one of ${option.choices.join(', ')}`)
      return text
    case 'integer':
      if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(Number(text))) {
        throw invalid(text, place, 'must be a whole number')
      }
      return Number(text)
    case 'number':
      if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) || !Number.isFinite(Number(text))) {
        throw invalid(text, place, 'must be a number')
      }
      return Number(text)
    case 'duration':
      if (option.plainSeconds === true && /^\d+$/.test(text)) return Number(text) * 1000
      return withPlace(text, place, parseDuration)
    case 'quantity':
      return withPlace(text, place, parseQuantity)
  }
}

function withPlace(text: string, place: string | undefined, parse: (text: string) => number): number {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof UsageError) throw invalid(text, place, error.message)
    throw error
  }
}

/** Timers hold 2^31 - 1 ms, 24 days and some hours: one that is longer would be over at once. */
const LONGEST_DURATION_MS = 24 * 24 * 3_600_000

function findFault(option: Option, value: Value): string | undefined {
  if (option.kind === 'text') return option.check?.(value as string)
  if (option.kind === 'boolean' || option.kind === 'choice') return undefined
  const number = value as number
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = option
  const write = boundFormat(option.kind)
  if (option.kind === 'duration' && number > LONGEST_DURATION_MS) return `must be at most ${write(LONGEST_DURATION_MS)}`
  if (number >= min && number <= max) return option.check?.(number)
  if (option.max === undefined) return `must be at least ${write(min)}`
  if (option.min === undefined) return `must be at most ${write(max)}`
  return `must be between ${write(min)} and ${write(max)}`
}

function boundFormat(kind: 'integer' | 'number' | 'duration' | 'quantity'): (value: number) => string {
  if (kind === 'duration') return formatDuration
  return kind === 'quantity' ? (value) => formatQuantity(value) : String
}

// The wording of kubectl: invalid argument "x" for "--chunk-size" flag: …
function invalid(text: string, place: string | undefined, reason: string): UsageError {
  return new UsageError(`invalid argument ${JSON.stringify(text)} for ${place}: ${reason}`)
}
