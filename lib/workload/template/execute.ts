import { evaluatePipeline } from './evaluate.ts'
import { printedValue } from './format/format-value.ts'
import { assign, type Execution, type Frame, type Output, step } from './frame.ts'
import type { BranchNode, Definition, Node } from './nodes.ts'
import { faultAt, lineAt, type SourceText } from './source-text.ts'
import type { CallContext } from './template-function.ts'
import { integerOf, isNil, isTrue, kindName, sortedEntries, type Value } from './value.ts'

const DEEPEST_CALL = 200

export interface RenderedText {
  readonly text: string
  /** The line of the file that the character at this offset of the text comes from. */
  readonly sourceLine: (offset: number) => number
}

interface ExecuteOptions {
  readonly missingKey: Execution['missingKey']
  readonly maxSteps: number
  readonly context: CallContext
}

type Jump = 'break' | 'continue' | undefined

/**
 * Renders a parsed template.
 * @throws UsageError with the place of what went wrong, also when it takes more than `maxSteps`
 */
export function execute(
  template: SourceText & { readonly nodes: readonly Node[]; readonly definitions: ReadonlyMap<string, Definition> },
  data: Value,
  { missingKey, maxSteps, context }: ExecuteOptions,
): RenderedText {
  const output: Output = { parts: [], length: 0, origins: [] }
  const execution: Execution = { definitions: template.definitions, missingKey, context, output, stepsLeft: maxSteps }
  walkAll(template.nodes, data, {
    execution,
    source: template,
    variables: [{ name: '$', value: data }],
    depth: 0,
    calledAt: undefined,
  })
  const { parts, origins } = output
  return {
    text: parts.join(''),
    sourceLine: (offset) => sourceLine(template.text, origins, offset),
  }
}

function sourceLine(text: string, origins: Output['origins'], offset: number): number {
  const origin = origins.findLast(({ at }) => at <= offset)
  if (origin === undefined) return 1
  return lineAt(text, origin.isText ? origin.offset + (offset - origin.at) : origin.offset)
}

function walkAll(nodes: readonly Node[], dot: Value, frame: Frame): Jump {
  for (const node of nodes) {
    step(frame, node.offset)
    const jump = walk(node, dot, frame)
    if (jump !== undefined) return jump
  }
  return undefined
}

function walk(node: Node, dot: Value, frame: Frame): Jump {
  switch (node.kind) {
    case 'text':
      write(frame, node.text, node.offset, true)
      return undefined
    case 'action': {
      const value = evaluatePipeline(node.pipeline, dot, frame)
      if (node.pipeline.variables.length === 0) write(frame, printedValue(value), node.offset, false)
      return undefined
    }
    case 'if':
    case 'with':
      return walkBranch(node, dot, frame)
    case 'range':
      return walkRange(node, dot, frame)
    case 'template':
      callTemplate(node, dot, frame)
      return undefined
    case 'break':
    case 'continue':
      return node.kind
  }
}

function write({ execution, source, calledAt }: Frame, text: string, offset: number, isText: boolean): void {
  if (text === '' && isText) return
  const { output, context } = execution
  const ofFile = calledAt === undefined
  output.origins.push({ at: output.length, offset: ofFile ? offset : calledAt, isText: isText && ofFile })
  output.parts.push(text)
  output.length += text.length
  if (output.length > context.maxSize)
    throw faultAt(source, offset, `more than ${context.maxSize} characters of output`)
}

// Variables of a block end with it.
function inBlock<Result>({ variables }: Frame, run: () => Result): Result {
  const { length } = variables
  const result = run()
  variables.length = length
  return result
}

function walkBranch(node: BranchNode, dot: Value, frame: Frame): Jump {
  return inBlock(frame, () => {
    const value = evaluatePipeline(node.pipeline, dot, frame)
    if (isTrue(value)) return walkAll(node.body, node.kind === 'with' ? value : dot, frame)
    return walkAll(node.otherwise ?? [], dot, frame)
  })
}

function walkRange(node: BranchNode, dot: Value, frame: Frame): Jump {
  const { variables, assigns } = node.pipeline
  return inBlock(frame, () => {
    const value = evaluatePipeline(node.pipeline, dot, frame)
    const { length } = frame.variables
    let isEmpty = true
    for (const [key, element] of elements(value, node, frame)) {
      isEmpty = false
      step(frame, node.offset)
      const values = variables.length === 2 ? [key, element] : [element]
      if (assigns) for (const [index, name] of variables.entries()) assign(frame, name, values[index], node.offset)
      else
        for (const [index, name] of variables.entries()) declared(frame, length, variables.length, index, name, values)
      const jump = walkAll(node.body, element, frame)
      frame.variables.length = length
      if (jump === 'break') break
    }
    return isEmpty ? walkAll(node.otherwise ?? [], dot, frame) : undefined
  })
}

// The pipeline has declared the variables, with the whole list as their value.
function declared(
  { variables }: Frame,
  length: number,
  count: number,
  index: number,
  name: string,
  values: readonly Value[],
): void {
  variables[length - count + index] = { name, value: values[index] }
}

function* elements(value: Value, node: BranchNode, frame: Frame): Generator<[Value, Value]> {
  if (isNil(value)) return
  const count = integerOf(value)
  if (count !== undefined) {
    if (node.pipeline.variables.length > 1) {
      throw faultAt(frame.source, node.offset, `can't use ${count} to iterate over more than one variable`)
    }
    for (let number = 0n; number < count; number += 1n) {
      yield [undefined, typeof value === 'bigint' ? number : { kind: 'integer', type: 'int64', value: number }]
    }
    return
  }
  if (typeof value === 'object' && value.kind === 'list') {
    yield* value.items.map((item, index): [Value, Value] => [BigInt(index), item])
    return
  }
  if (typeof value === 'object' && value.kind === 'dict') {
    yield* sortedEntries(value)
    return
  }
  throw faultAt(frame.source, node.offset, `range can't iterate over ${printedValue(value)} of type ${kindName(value)}`)
}

function callTemplate(node: Extract<Node, { kind: 'template' }>, dot: Value, frame: Frame): void {
  const { execution, source, depth } = frame
  const definition = execution.definitions.get(node.name)
  if (definition === undefined) {
    throw faultAt(source, node.offset, `template ${JSON.stringify(node.name)} is not defined`)
  }
  if (depth >= DEEPEST_CALL) throw faultAt(source, node.offset, `more than ${DEEPEST_CALL} templates call one another`)
  const data = node.pipeline === undefined ? undefined : evaluatePipeline(node.pipeline, dot, frame)
  walkAll(definition.nodes, data, {
    execution,
    source: definition,
    variables: [{ name: '$', value: data }],
    depth: depth + 1,
    calledAt: frame.calledAt ?? node.offset,
  })
}
