import type { Value } from './value.ts'

// The parsed template, in the shapes of Go's text/template/parse. `offset` is where in the source a message points to.

export type Node =
  | { readonly kind: 'text'; readonly text: string; readonly offset: number }
  | { readonly kind: 'action'; readonly pipeline: Pipeline; readonly offset: number }
  | BranchNode
  | {
      readonly kind: 'template'
      readonly name: string
      readonly pipeline: Pipeline | undefined
      readonly offset: number
    }
  | { readonly kind: 'break' | 'continue'; readonly offset: number }

export interface BranchNode {
  readonly kind: 'if' | 'with' | 'range'
  readonly pipeline: Pipeline
  readonly body: readonly Node[]
  readonly otherwise: readonly Node[] | undefined
  readonly offset: number
}

export interface Pipeline {
  readonly kind: 'pipeline'
  /** Names of the variables that get the value, `$` included. */
  readonly variables: readonly string[]
  /** `=` rather than `:=`. */
  readonly assigns: boolean
  readonly commands: readonly Command[]
  readonly offset: number
}

export interface Command {
  readonly operands: readonly Operand[]
  readonly offset: number
}

export type Operand =
  | { readonly kind: 'dot' | 'nil'; readonly offset: number }
  | { readonly kind: 'constant'; readonly value: boolean | string; readonly offset: number }
  | NumberConstant
  | { readonly kind: 'field'; readonly fields: readonly string[]; readonly offset: number }
  | { readonly kind: 'variable'; readonly name: string; readonly fields: readonly string[]; readonly offset: number }
  | { readonly kind: 'function'; readonly name: string; readonly offset: number }
  | { readonly kind: 'chain'; readonly operand: Operand; readonly fields: readonly string[]; readonly offset: number }
  | Pipeline

/** A number literal: what it is where any type will do, and what it can be where a type is asked for. */
export interface NumberConstant {
  readonly kind: 'number'
  readonly text: string
  readonly ideal: Value
  readonly integer: bigint | undefined
  readonly float: number
  readonly offset: number
}

/** A named template and the file it stands in. */
export interface Definition {
  readonly nodes: readonly Node[]
  readonly fileName: string
  readonly text: string
}
