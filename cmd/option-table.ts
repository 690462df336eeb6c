// One table of options per command is the source of parsing, types, help, completion and the flag tables of the docs.

/** What a shell offers as the value of an option or an argument. `choices` come from the option itself. */
export type CompletionHint =
  | 'contexts'
  | 'clusters'
  | 'users'
  | 'namespaces'
  | 'nodes'
  | 'files'
  | 'directories'
  | 'runs'
  | 'maps'
  | 'metrics'

interface OptionBase {
  /** kubectl's style: upper-case first letter, no final period. */
  readonly description: string
  /** One letter. */
  readonly alias?: string
  /** The heading in the help; "Options" when absent. Set for a whole table by `inGroup`. */
  readonly group?: string
  /** Environment variable that gives the value when the flag is absent. */
  readonly environment?: string
  readonly complete?: CompletionHint
}

/**
 * Options that take a value. `repeated`: the flag may come again; `separated`: it may, and commas separate values too. The
 * default of a list is its only element.
 */
interface ValuedOption extends OptionBase {
  /** What stands for the value in usage lines and tables, in upper case: `N`, `IMAGE`, `EXPRESSION`. */
  readonly valueName?: string
  readonly list?: 'repeated' | 'separated'
}

interface BooleanOption extends OptionBase {
  readonly kind: 'boolean'
  readonly default?: boolean
}

interface TextOption extends ValuedOption {
  readonly kind: 'text'
  readonly default?: string
  /** What is wrong with a value, or undefined when it is right. */
  readonly check?: (value: string) => string | undefined
}

interface ChoiceOption extends ValuedOption {
  readonly kind: 'choice'
  readonly choices: readonly string[]
  readonly default?: string
}

/** Bounds are inclusive and in the unit of the value: milliseconds for a duration, bytes or a count for a quantity. */
interface NumericOption extends ValuedOption {
  readonly min?: number
  readonly max?: number
  readonly check?: (value: number) => string | undefined
}

interface NumberOption extends NumericOption {
  readonly kind: 'integer' | 'number'
  readonly default?: number
}

interface DurationOption extends NumericOption {
  readonly kind: 'duration'
  /** As a person writes it: `5m`. */
  readonly default?: string
  /** kubectl reads a plain number of --request-timeout as seconds. */
  readonly plainSeconds?: boolean
}

interface QuantityOption extends NumericOption {
  readonly kind: 'quantity'
  /** As a person writes it: `512Mi`. */
  readonly default?: string
}

export type Option = BooleanOption | TextOption | ChoiceOption | NumberOption | DurationOption | QuantityOption

/** Options by their long name, without dashes: `output-file`. */
export type OptionTable = Readonly<Record<string, Option>>

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name

type SingleValue<O extends Option> = O extends { kind: 'boolean' }
  ? boolean
  : O extends { kind: 'choice'; choices: readonly (infer Choice)[] }
    ? Choice
    : O extends { kind: 'text' }
      ? string
      : number

type OptionValue<O extends Option> = O extends { list: string } ? readonly SingleValue<O>[] : SingleValue<O>

// Booleans are false and lists empty when nothing is said, so both are always there, like every option with a default.
type AlwaysThere = { default: unknown } | { list: string } | { kind: 'boolean' }

/**
 * The parsed values of a table: keys in camelCase, numbers for integer, number, duration (ms) and quantity. A key is
 * optional when the option has no default. Of a table of which nothing is known, nothing is known.
 */
export type OptionValues<Table extends OptionTable> = string extends keyof Table
  ? Readonly<Record<string, unknown>>
  : KnownValues<Table>

type KnownValues<Table extends OptionTable> = {
  readonly [Name in keyof Table & string as Table[Name] extends AlwaysThere ? CamelCase<Name> : never]: OptionValue<
    Table[Name]
  >
} & {
  readonly [Name in keyof Table & string as Table[Name] extends AlwaysThere ? never : CamelCase<Name>]?: OptionValue<
    Table[Name]
  >
}

/** A table as it is, with its literal types kept for `OptionValues`. */
export function defineOptions<const Table extends OptionTable>(options: Table): Table {
  return options
}

/** The same table with every option under one heading of the help. */
export function inGroup<const Table extends OptionTable>(group: string, options: Table): Table {
  const grouped = Object.entries(options).map(([name, option]) => [name, { ...option, group }] as const)
  return Object.fromEntries(grouped) as Table
}

/** The key of an option in its parsed values: `output-file` becomes `outputFile`. */
export function valueKey(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}
