import { basename } from 'node:path'
import { execute, type RenderedText } from './execute.ts'
import type { Definition, Node } from './nodes.ts'
import { parseNodes } from './parse-nodes.ts'
import type { SourceText } from './source-text.ts'
import type { CallContext } from './template-function.ts'
import { dict, type Value } from './value.ts'

/** A parsed file. Parse once, render often. */
export interface Template extends SourceText {
  readonly nodes: readonly Node[]
  readonly definitions: ReadonlyMap<string, Definition>
}

export interface RenderOptions {
  /** What a missing map key is: `zero` and `default` print `<no value>`, `error` is a fault. Default `error`. */
  missingKey?: 'default' | 'zero' | 'error'
  /** A number in [0, 1) for all that is random, so that a run can be repeated. Default Math.random. */
  random?: () => number
  now?: () => Date
  /** What sprig's dates call Local. Default UTC. */
  timeZone?: string
  /** What `env` reads. Default: nothing. */
  environment?: Readonly<Record<string, string | undefined>>
  /** What `ReadFile` reads; without it that is a fault. */
  readFile?: (path: string) => string
}

// Far beyond what a manifest needs; they stop a template that would fill the memory or never end.
const MAX_SIZE = 4 * 1024 * 1024
const MAX_STEPS = 2_000_000

/**
 * Parses a Go template with the functions of sprig, kube-burner and ClusterLoader2.
 * `shared` are files whose definitions it may call, and which it may call themselves by the last part of their names; a
 * later one's definitions stand for an earlier one's, and all of them for its own, as with Go's ParseFiles.
 * @throws UsageError `file:line:column: what`, naming the near function where one is mistyped
 */
export function parseTemplate(text: string, fileName: string, shared: readonly Template[] = []): Template {
  const own = new Map<string, Definition>()
  const nodes = parseNodes({ text, fileName }, own)
  const definitions = new Map(own)
  for (const file of shared) {
    definitions.set(basename(file.fileName), file)
    for (const [name, definition] of file.definitions) definitions.set(name, definition)
  }
  return { text, fileName, nodes, definitions }
}

/**
 * The template filled with the data: a map, whose keys the template sees as fields. Says also from which line of the file
 * each part of the text comes. The text, the steps and the depth are bounded.
 * @throws UsageError `file:line:column: what`
 */
export function renderWithLines(
  template: Template,
  data: ReadonlyMap<string, Value>,
  { missingKey = 'error', random = Math.random, now, timeZone, environment, readFile }: RenderOptions = {},
): RenderedText {
  const context: CallContext = {
    random,
    now: now ?? (() => new Date()),
    timeZone: timeZone ?? 'UTC',
    environment: environment ?? {},
    readFile,
    maxSize: MAX_SIZE,
  }
  return execute(template, dict(data), { missingKey, maxSteps: MAX_STEPS, context })
}
