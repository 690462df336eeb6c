/** How a template uses a value: `whole` when all that is below it is written out. */
export type Use = 'read' | 'whole'

/** Uses by the path of the value: `bpf.ctTcpMax`. */
export type References = Map<string, Set<Use>>

const ACTION = /\{\{-?\s*(\/\*[\s\S]*?\*\/|[\s\S]*?)\s*-?\}\}/g
const OPERAND = /(?<![\w)\]])(\$\w*(?:\.\w+)*|(?:\.\w+)+|\.(?=[\s)|]|$))/g
/** A variable that stands for a value, or for it unless it is missing. */
const ASSIGNMENT = /^\$(\w+)\s*:?=\s*(?:deepCopy\s+|\(coalesce\s+)?(\$?\.[\w.]+)(?:\s*\|\s*deepCopy|\s[^()|]*\))?$/
/** dig "a" "b" DEFAULT .Values: the default is the last text, or something in parentheses. */
const DIG = /\bdig((?:\s+"[^"]*")+)(\s+\([^)]*\))?\s+\(?(\$?\.[.\w]+)/g
const WRITERS = 'toYaml|toJson|toRawJson|toPrettyJson'

/**
 * Adds the values that a Go template of a chart refers to. Not a Go template engine: it follows `with` and variables
 * that stand for one value, which is all that the charts do.
 */
export function addReferences(text: string, references: References): void {
  const variables = new Map<string, string>()
  const outer: (string | undefined)[] = []
  let dot: string | undefined
  const resolve = (operand: string): string | undefined => {
    const value = /^\$?\.Values((?:\.\w+)*)$/.exec(operand)?.[1]
    if (value !== undefined) return value.slice(1)
    const [, name, below = ''] = /^\$(\w+)((?:\.\w+)*)$/.exec(operand) ?? []
    const path = name === undefined ? dot : variables.get(name)
    if (path === undefined || (name === undefined && !operand.startsWith('.'))) return undefined
    return `${path}${name === undefined ? operand.replace(/^\.$/, '') : below}`.replace(/^\./, '')
  }
  const add = (operand: string, use: Use, below = '') => {
    const path = resolve(operand.replace(/\.AsMap$/, ''))
    if (path === undefined) return
    const full = [path, below].filter((part) => part !== '').join('.')
    if (full === '') return
    references.set(full, (references.get(full) ?? new Set()).add(use))
  }
  for (const [, action = ''] of text.matchAll(ACTION)) {
    if (action.startsWith('/*')) continue
    for (const [, operand = '', key] of action.matchAll(/\b(?:hasKey|index)\s+(\$?[.\w]+)\s+"([^"]+)"/g)) {
      add(operand, 'read', key)
    }
    for (const [, keys = '', fallback, operand = ''] of action.matchAll(DIG)) {
      const names = Array.from(keys.matchAll(/"([^"]*)"/g), ([, name = '']) => name)
      add(operand, 'read', (fallback === undefined ? names.slice(0, -1) : names).join('.'))
    }
    const bare = action.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, '""')
    for (const [, operand = ''] of bare.matchAll(OPERAND)) add(operand, writesWhole(action, operand) ? 'whole' : 'read')
    const assigned = ASSIGNMENT.exec(action)
    const value = assigned && resolve(assigned[2] ?? '')
    if (assigned && value !== undefined && value !== null) variables.set(assigned[1] ?? '', value)
    const [keyword] = /^(?:if|else with|with|range|define|block|end)\b/.exec(action) ?? []
    if (keyword === 'end') dot = outer.pop()
    else if (keyword === 'else with') dot = undefined
    else if (keyword !== undefined) outer.push(dot)
    if (keyword === 'range' || keyword === 'define' || keyword === 'block') dot = undefined
    if (keyword !== 'with') continue
    const [, variable, operand] = /^with\s+(?:\$(\w+)\s*:=\s*)?(\$?[.\w]+)$/.exec(action) ?? []
    dot = operand === undefined ? undefined : resolve(operand)
    if (variable !== undefined && dot !== undefined) variables.set(variable, dot)
  }
}

function writesWhole(action: string, operand: string): boolean {
  const escaped = operand.replace(/[.$]/g, '\\$&')
  return (
    new RegExp(`(?:${WRITERS})\\s+\\(?\\s*${escaped}(?![\\w.])`).test(action) ||
    new RegExp(`(?<![\\w.])${escaped}(?![\\w.])[^|]*\\|[^|]*(?:${WRITERS})`).test(action)
  )
}
