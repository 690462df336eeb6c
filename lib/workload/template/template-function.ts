import type { Dict, Time, Value } from './value.ts'

/** What a function may use of the world: only what the renderer was given. */
export interface CallContext {
  /** A number in [0, 1), as Math.random gives it. */
  readonly random: () => number
  readonly now: () => Date
  /** What Go calls Local: an IANA time zone. */
  readonly timeZone: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Undefined where templates may read no files. */
  readonly readFile: ((path: string) => string) | undefined
  /** Characters that one text, and items that one list, may have. */
  readonly maxSize: number
}

/** Go's parameter types, as far as the functions have them; `any` is `interface {}`. */
interface ParameterTypes {
  any: Value
  string: string
  int: bigint
  float64: number
  bool: boolean
  dict: Dict
  time: Time
}

export type ParameterType = keyof ParameterTypes

type Arguments<Parameters extends readonly ParameterType[]> = {
  [Index in keyof Parameters]: ParameterTypes[Parameters[Index]]
}

export interface TemplateFunction {
  readonly parameters: readonly ParameterType[]
  /** Type of any number of further arguments; undefined for a fixed number. */
  readonly rest: ParameterType | undefined
  /** The arguments have been checked against the types. @throws TemplateFault */
  readonly call: (args: readonly Value[], context: CallContext) => Value
}

export type FunctionTable = Readonly<Record<string, TemplateFunction>>

/** A function with fixed parameters. */
export function fixed<const Parameters extends readonly ParameterType[]>(
  parameters: Parameters,
  call: (args: Arguments<Parameters>, context: CallContext) => Value,
): TemplateFunction {
  return {
    parameters,
    rest: undefined,
    call: (args, context) => call(args as unknown as Arguments<Parameters>, context),
  }
}

/** A function whose last parameter is variadic, as `func(a, b string, rest ...any)`. */
export function variadic<const Parameters extends readonly ParameterType[], Rest extends ParameterType>(
  parameters: Parameters,
  rest: Rest,
  call: (args: Arguments<Parameters>, rest: readonly ParameterTypes[Rest][], context: CallContext) => Value,
): TemplateFunction {
  const { length } = parameters
  return {
    parameters,
    rest,
    call: (args, context) =>
      call(
        args.slice(0, length) as unknown as Arguments<Parameters>,
        args.slice(length) as unknown as readonly ParameterTypes[Rest][],
        context,
      ),
  }
}

const GO_NAMES: Readonly<Record<ParameterType, string>> = {
  any: 'interface {}',
  string: 'string',
  int: 'int',
  float64: 'float64',
  bool: 'bool',
  dict: 'map[string]interface {}',
  time: 'time.Time',
}

/** As Go names the type, for messages. */
export function parameterTypeName(type: ParameterType): string {
  return GO_NAMES[type]
}
