import { FIRST_MINOR_WITH_SCHEMA } from '../known-keys/chart-keys.ts'
import type { LintFinding, LintTarget } from '../lint-finding.ts'
import { isPlaceholder } from '../values/merged-values.ts'
import type { ScalarNode, ValueNode } from '../values/values-document.ts'

const WORDS: Readonly<Record<string, string>> = {
  b: 'true or false',
  i: 'a whole number',
  n: 'a number',
  s: 'text',
  S: 'a map of texts',
  L: 'a map of texts',
  Q: 'a map of quantities',
  q: 'a quantity such as 100m or 64Mi',
  is: 'a number, perhaps with its unit',
  bs: 'true or false',
  l: 'a list',
  m: 'a map',
  f: 'a map',
}

/** What is wrong with the type of a value; undefined where it fits, as null always does: Helm takes it for "no value". */
export function checkType(path: string, types: string, value: ValueNode, target: LintTarget): LintFinding | undefined {
  if (types === '*' || (value.kind === 'scalar' && (value.value === null || isPlaceholder(value.value))))
    return undefined
  // The only way to write it for those charts: see check-numbers.ts.
  if (types === 'i' && target.minor < FIRST_MINOR_WITH_SCHEMA && isLargeInteger(value)) return undefined
  const choices = choicesOf(types)
  if (choices !== undefined) return checkChoice(path, choices, value, target)
  if (isOfType(value, types)) return undefined
  if (types === 'z') {
    const message = 'cannot be set: the schema of this chart takes nothing here, so Helm refuses it'
    return { severity: 'error', code: 'WrongType', place: value.place, path, message }
  }
  const expected = describeTypes(types)
  return {
    code: 'WrongType',
    place: value.place,
    path,
    ...consequence(types, value, target),
    message: `${describeValue(value)} where ${expected} belongs: ${consequence(types, value, target).message}`,
    ...adviceFor(path, types, value),
  }
}

/** `text`, `a number or text`: what the letters stand for, in words. */
export function describeTypes(types: string): string {
  if (WORDS[types] !== undefined) return WORDS[types]
  const words = [...new Set(types.split('').map((letter) => WORDS[letter] ?? letter))]
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

/** The value as a message names it: `"yes"`, `a map`. */
export function describeValue(value: ValueNode): string {
  if (value.kind !== 'scalar') return value.kind === 'map' ? 'a map' : 'a list'
  return typeof value.value === 'string' ? `the text ${JSON.stringify(shorten(value.value))}` : String(value.value)
}

/** Whether a value is of one of the types that the letters stand for. */
export function isOfType(value: ValueNode, types: string): boolean {
  const text = value.kind === 'scalar' && typeof value.value === 'string' ? value.value : undefined
  // Where a chart takes text beside a number or a boolean, the text says the same.
  if (text !== undefined && types === 'is') return /^(\d+(\.\d+)?(%|[KMGTPE]i?|m)?)?$/.test(text)
  if (text !== undefined && types === 'bs') return /^(true|false|auto)?$/.test(text)
  return types.split('').some((letter) => hasType(value, letter))
}

function hasType(value: ValueNode, letter: string): boolean {
  switch (letter) {
    case 'm':
    case 'f':
    case 'S':
    case 'L':
    case 'Q':
      return value.kind === 'map'
    case 'l':
      return value.kind === 'list'
    case 'b':
      return value.kind === 'scalar' && typeof value.value === 'boolean'
    case 'i':
      return value.kind === 'scalar' && Number.isInteger(value.value)
    case 'n':
      return value.kind === 'scalar' && typeof value.value === 'number'
    default:
      return value.kind === 'scalar' && typeof value.value === 'string'
  }
}

function choicesOf(types: string): readonly string[] | undefined {
  return types.startsWith('{') ? types.slice(1, -1).split('|') : undefined
}

function checkChoice(
  path: string,
  choices: readonly string[],
  value: ValueNode,
  target: LintTarget,
): LintFinding | undefined {
  if (value.kind === 'scalar' && choices.includes(String(value.value)) && typeof value.value === 'string')
    return undefined
  const refused = target.minor >= FIRST_MINOR_WITH_SCHEMA
  return {
    severity: 'error',
    code: 'InvalidValue',
    place: value.place,
    path,
    message: `${describeValue(value)} is none of ${choices.join(', ')}${refused ? ': Helm refuses it' : ''}`,
    advice: `one of ${choices.join(', ')}`,
  }
}

/** Charts without a schema take whatever renders: then some wrong types do no harm, and some do the opposite. */
function consequence(
  types: string,
  value: ValueNode,
  { minor }: LintTarget,
): Pick<LintFinding, 'severity' | 'message'> {
  if (minor >= FIRST_MINOR_WITH_SCHEMA) return { severity: 'error', message: 'Helm refuses it' }
  if (value.kind !== 'scalar' || !/[bins]/.test(types)) return { severity: 'error', message: 'the chart cannot use it' }
  if (types.includes('b') && value.value === 'false') {
    return { severity: 'error', message: 'text counts as true in templates' }
  }
  return isHarmless(types, value)
    ? { severity: 'warning', message: `Helm refuses it from 1.${FIRST_MINOR_WITH_SCHEMA} on` }
    : { severity: 'error', message: 'the chart passes it on as it is' }
}

function isHarmless(types: string, { value }: ScalarNode): boolean {
  if (types.includes('s')) return true
  return types.includes('b') ? value === 'true' : typeof value === 'string' && /^\d+(\.\d+)?$/.test(value)
}

function adviceFor(path: string, types: string, value: ValueNode): Pick<LintFinding, 'advice'> {
  const name = path.split('.').at(-1) ?? path
  if (value.kind === 'scalar') {
    const text = String(value.value)
    // A switch that older charts had as a plain boolean.
    if (types === 'm' && typeof value.value === 'boolean') return { advice: `${path}.enabled: ${text}` }
    if (types.includes('l') && typeof value.value === 'string') return { advice: `${name}: [${text}]` }
    if (types.includes('b') && /^(true|false)$/.test(text)) return { advice: `${name}: ${text}, without quotes` }
    const isNumber = types.includes('n') ? /^\d+(\.\d+)?$/ : types.includes('i') ? /^\d+$/ : undefined
    if (typeof value.value === 'string' && isNumber?.test(text)) return { advice: `${name}: ${text}, without quotes` }
    if (/[sS]/.test(types)) return { advice: `${name}: ${JSON.stringify(text)}, in quotes` }
  }
  return { advice: describeTypes(types) }
}

function isLargeInteger(value: ValueNode): boolean {
  return value.kind === 'scalar' && typeof value.value === 'string' && /^[1-9]\d{6,}$/.test(value.value)
}

function shorten(text: string): string {
  const [line = ''] = text.split('\n', 1)
  return line.length > 40 || line.length < text.length ? `${line.slice(0, 40)}…` : text
}
