import type { Definition } from './nodes.ts'
import { faultAt, type SourceText } from './source-text.ts'
import type { CallContext } from './template-function.ts'
import type { Value } from './value.ts'

/** What stays the same for a whole rendering. */
export interface Execution {
  readonly definitions: ReadonlyMap<string, Definition>
  readonly missingKey: 'default' | 'zero' | 'error'
  readonly context: CallContext
  readonly output: Output
  stepsLeft: number
}

/** What one call of a template sees. */
export interface Frame {
  readonly execution: Execution
  readonly source: SourceText
  readonly variables: { readonly name: string; value: Value }[]
  readonly depth: number
  /** Where in the rendered file the outermost call of another template stands; undefined in that file itself. */
  readonly calledAt: number | undefined
}

export interface Output {
  readonly parts: string[]
  length: number
  /** Where each part begins in the text, and where in the file it comes from. */
  readonly origins: { readonly at: number; readonly offset: number; readonly isText: boolean }[]
}

/** Counts one step of the bounded number that a rendering has. */
export function step(frame: Frame, offset: number): void {
  frame.execution.stepsLeft -= 1
  if (frame.execution.stepsLeft < 0) throw faultAt(frame.source, offset, 'the template takes too many steps')
}

/** Gives an existing variable, the innermost of its name, another value. */
export function assign({ variables, source }: Frame, name: string, value: Value, offset: number): void {
  const variable = variables.findLast((candidate) => candidate.name === name)
  if (variable === undefined) throw faultAt(source, offset, `undefined variable: ${name}`)
  variable.value = value
}
