import { nearest } from '../../record/nearest-word.ts'
import { assign, type Frame, step } from './frame.ts'
import { templateFunctions } from './function-table.ts'
import { timeMethod } from './functions/dates.ts'
import type { Command, Operand, Pipeline } from './nodes.ts'
import { faultAt } from './source-text.ts'
import { TemplateFault } from './template-fault.ts'
import { type ParameterType, parameterTypeName, type TemplateFunction } from './template-function.ts'
import { ANY, dict, isNil, isTrue, typeName, type Value } from './value.ts'

/**
 * The value of a pipeline, which its variables get too.
 * @throws UsageError with the place of what went wrong
 */
export function evaluatePipeline(pipeline: Pipeline, dot: Value, frame: Frame): Value {
  // What the command before gives is the last argument of the next one.
  let piped: readonly Value[] = []
  for (const command of pipeline.commands) piped = [evaluateCommand(command, dot, frame, piped) ?? undefined]
  const value = piped[0]
  for (const name of pipeline.variables) {
    if (pipeline.assigns) assign(frame, name, value, pipeline.offset)
    else frame.variables.push({ name, value })
  }
  return value
}

function evaluateCommand({ operands }: Command, dot: Value, frame: Frame, piped: readonly Value[]): Value {
  const [first, ...args] = operands
  if (first === undefined) throw new Error('a command without operands')
  step(frame, first.offset)
  if (first.kind === 'function') return callByName(first.name, args, dot, frame, piped, first.offset)
  if (first.kind === 'field' || first.kind === 'chain' || (first.kind === 'variable' && first.fields.length > 0)) {
    return fieldsOf(first, dot, frame, args, piped)
  }
  if (args.length > 0 || piped.length > 0) {
    throw faultAt(frame.source, first.offset, "can't give argument to a value that is no function")
  }
  if (first.kind === 'nil') throw faultAt(frame.source, first.offset, 'nil is not a command')
  return evaluateOperand(first, dot, frame)
}

function evaluateOperand(operand: Operand, dot: Value, frame: Frame): Value {
  switch (operand.kind) {
    case 'dot':
      return dot
    case 'nil':
      return null
    case 'constant':
      return operand.value
    case 'number':
      return operand.ideal
    case 'pipeline':
      return evaluatePipeline(operand, dot, frame)
    case 'function':
      step(frame, operand.offset)
      return callByName(operand.name, [], dot, frame, [], operand.offset)
    case 'variable':
    case 'field':
    case 'chain':
      return fieldsOf(operand, dot, frame, [], [])
  }
}

type FieldOperand = Extract<Operand, { kind: 'field' | 'chain' | 'variable' }>

function fieldsOf(
  operand: FieldOperand,
  dot: Value,
  frame: Frame,
  args: readonly Operand[],
  piped: readonly Value[],
): Value {
  let value = receiver(operand, dot, frame)
  for (const [index, name] of operand.fields.entries()) {
    const isLast = index === operand.fields.length - 1
    value = fieldOf(value, name, frame, operand.offset, isLast ? { args, piped, dot } : { args: [], piped: [], dot })
  }
  return value
}

function receiver(operand: FieldOperand, dot: Value, frame: Frame): Value {
  if (operand.kind === 'field') return dot
  if (operand.kind === 'chain') return evaluateOperand(operand.operand, dot, frame)
  const variable = frame.variables.findLast(({ name }) => name === operand.name)
  if (variable === undefined) throw faultAt(frame.source, operand.offset, `undefined variable: ${operand.name}`)
  return variable.value
}

interface CallArguments {
  readonly args: readonly Operand[]
  readonly piped: readonly Value[]
  readonly dot: Value
}

function fieldOf(value: Value, name: string, frame: Frame, offset: number, call: CallArguments): Value {
  const { missingKey } = frame.execution
  const fail = (what: string): never => {
    throw faultAt(frame.source, offset, what)
  }
  if (value === undefined) return missingKey === 'error' ? fail(`nil data; no entry for key "${name}"`) : undefined
  if (value === null) return fail(`nil pointer evaluating ${ANY}.${name}`)
  if (typeof value === 'object' && value.kind === 'time') {
    const method = timeMethod(name, value)
    if (method !== undefined) return callFunction(method, name, call.args, call.dot, frame, call.piped, offset)
  }
  if (typeof value !== 'object' || value.kind !== 'dict') {
    return fail(`can't evaluate field ${name} in type ${typeName(value)}`)
  }
  if (call.args.length > 0 || call.piped.length > 0) fail(`${name} is not a method but has arguments`)
  if (value.entries.has(name)) return value.entries.get(name)
  if (missingKey === 'error') {
    const near = nearest(name, [...value.entries.keys()])
    fail(`map has no entry for key "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`)
  }
  return missingKey === 'default' ? undefined : value.valueType === 'string' ? '' : null
}

function callByName(
  name: string,
  args: readonly Operand[],
  dot: Value,
  frame: Frame,
  piped: readonly Value[],
  offset: number,
): Value {
  const definition = templateFunctions.get(name)
  if (definition === undefined) throw new Error(`the parser let the function ${name} pass`)
  if (name === 'and' || name === 'or') return evaluateLogic(name, args, dot, frame, piped, offset)
  return callFunction(definition, name, args, dot, frame, piped, offset)
}

// Stops at the first argument that decides.
function evaluateLogic(
  name: 'and' | 'or',
  args: readonly Operand[],
  dot: Value,
  frame: Frame,
  piped: readonly Value[],
  offset: number,
): Value {
  if (args.length + piped.length === 0) {
    throw faultAt(frame.source, offset, `wrong number of args for ${name}: want at least 1 got 0`)
  }
  let value: Value
  for (const arg of args) {
    value = evaluateOperand(arg, dot, frame)
    if (isTrue(value) === (name === 'or')) return value
  }
  return piped.length > 0 ? piped[0] : value
}

function callFunction(
  { parameters, rest, call }: TemplateFunction,
  name: string,
  args: readonly Operand[],
  dot: Value,
  frame: Frame,
  piped: readonly Value[],
  offset: number,
): Value {
  const count = args.length + piped.length
  const least = parameters.length
  if (rest === undefined ? count !== least : count < least) {
    const wanted = rest === undefined ? least : `at least ${least}`
    throw faultAt(frame.source, offset, `wrong number of args for ${name}: want ${wanted} got ${count}`)
  }
  const typeOf = (index: number): ParameterType => parameters[index] ?? rest ?? 'any'
  const values = args.map((arg, index) => evaluateArgument(arg, typeOf(index), dot, frame))
  for (const value of piped) values.push(checkType(value, typeOf(args.length), frame, offset))
  try {
    const result = call(values, frame.execution.context)
    checkResult(result, frame)
    return result
  } catch (error) {
    if (error instanceof TemplateFault) throw faultAt(frame.source, offset, `error calling ${name}: ${error.message}`)
    throw error
  }
}

// A loop that makes its variable longer each time must end before the memory does.
function checkResult(result: Value, { execution }: Frame): void {
  if (typeof result !== 'string' && !(typeof result === 'object' && result !== null && result.kind === 'list')) return
  const size = typeof result === 'string' ? result.length : result.items.length
  if (size > execution.context.maxSize) throw new TemplateFault('the result is too large')
  execution.stepsLeft -= size >> 6
}

const CONSTANT_NAMES: Partial<Record<ParameterType, string>> = { int: 'integer', float64: 'float' }

// A literal takes the type that is asked for, where it can.
function evaluateArgument(arg: Operand, type: ParameterType, dot: Value, frame: Frame): Value {
  const fail = (what: string): never => {
    throw faultAt(frame.source, arg.offset, what)
  }
  if (arg.kind === 'nil') {
    return type === 'any' || type === 'dict'
      ? checkType(undefined, type, frame, arg.offset)
      : fail(`cannot assign nil to ${parameterTypeName(type)}`)
  }
  if (arg.kind !== 'number' && arg.kind !== 'constant') {
    return checkType(evaluateOperand(arg, dot, frame), type, frame, arg.offset)
  }
  if (type === 'any') return evaluateOperand(arg, dot, frame)
  if (arg.kind === 'number') {
    if (type === 'int' && arg.integer !== undefined) return arg.integer
    if (type === 'float64') return arg.float
  } else if ((type === 'string' || type === 'bool') && typeName(arg.value) === type) return arg.value
  const found = arg.kind === 'number' ? arg.text : JSON.stringify(arg.value)
  if (type === 'dict' || type === 'time')
    return fail(`can't handle ${found} for arg of type ${parameterTypeName(type)}`)
  return fail(`expected ${CONSTANT_NAMES[type] ?? type}; found ${found}`)
}

function checkType(value: Value, type: ParameterType, frame: Frame, offset: number): Value {
  if (type === 'any') return value ?? null
  const wanted = parameterTypeName(type)
  if (isNil(value)) {
    if (type === 'dict' && value === undefined) return dict()
    throw faultAt(frame.source, offset, `invalid value; expected ${wanted}`)
  }
  if (typeName(value) === wanted) return value
  throw faultAt(frame.source, offset, `wrong type for value; expected ${wanted}; got ${typeName(value)}`)
}
