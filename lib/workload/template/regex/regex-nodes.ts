/** What a regular expression of Go's (RE2) is made of. */
export type RegexNode =
  | { readonly kind: 'character'; readonly accepts: (character: string) => boolean }
  | { readonly kind: 'assertion'; readonly holds: Assertion }
  | { readonly kind: 'sequence' | 'choice'; readonly nodes: readonly RegexNode[] }
  | { readonly kind: 'group'; readonly index: number; readonly node: RegexNode }
  | {
      readonly kind: 'repeat'
      readonly node: RegexNode
      readonly min: number
      readonly max: number
      readonly greedy: boolean
    }

/** Whether something holds between two characters; undefined is the edge of the text. */
export type Assertion = (before: string | undefined, after: string | undefined) => boolean

export interface ParsedRegex {
  readonly node: RegexNode
  /** Index by name; groups count from 1. */
  readonly groups: ReadonlyMap<string, number>
  readonly groupCount: number
}
