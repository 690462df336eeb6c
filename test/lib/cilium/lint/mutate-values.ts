import { isValues, type Values, valueAt } from './charts.ts'

export interface Mutant {
  readonly kind: 'typo' | 'moved' | 'type'
  /** The key as it is right, and what was made of it. */
  readonly description: string
  readonly values: Values
}

type Random = () => number

/** Numbers from 0 to 1 that follow from the seed alone (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Leaf {
  readonly path: readonly string[]
  readonly value: unknown
}

/**
 * So many values files of one key each, a real key of these values that got a typo, went one level up or down, or got a
 * value of another type.
 */
export function mutateValues(values: Values, count: number, random: Random): readonly Mutant[] {
  const leaves = leavesOf(values, [])
  const mutants: Mutant[] = []
  while (mutants.length < count) {
    const leaf = pick(leaves, random)
    const mutate = pick([mistype, move, changeType], random)
    const mutant = mutate(leaf, values, random)
    if (mutant !== undefined) mutants.push(mutant)
  }
  return mutants
}

function leavesOf(values: Values, above: readonly string[]): readonly Leaf[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const path = [...above, name]
    return isValues(value) && Object.keys(value).length > 0 ? leavesOf(value, path) : [{ path, value }]
  })
}

function mistype({ path, value }: Leaf, values: Values, random: Random): Mutant | undefined {
  const depth = Math.floor(random() * path.length)
  const word = path[depth] ?? ''
  const at = Math.floor(random() * word.length)
  const letter = pick('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'.split(''), random)
  const [before, here, after] = [word.slice(0, at), word.charAt(at), word.slice(at + 1)]
  const typo = pick(
    [
      before + after,
      before + letter + here + after,
      before + letter + after,
      before + after.charAt(0) + here + after.slice(1),
    ],
    random,
  )
  const wrong = path.with(depth, typo)
  if (typo === word || typo === '' || valueAt(values, wrong.slice(0, depth + 1)) !== undefined) return undefined
  return { kind: 'typo', description: `${path.join('.')} as ${wrong.join('.')}`, values: nest(wrong, value ?? 'x') }
}

function move({ path, value }: Leaf, values: Values, random: Random): Mutant | undefined {
  const name = path.at(-1) ?? ''
  const parent = path.slice(0, -1)
  const siblings = Object.entries((parent.length === 0 ? values : valueAt(values, parent)) as Values).filter(
    ([other, value]) => other !== name && isValues(value) && Object.keys(value).length > 0,
  )
  const up = path.length > 1 ? [[...path.slice(0, -2), name]] : []
  const down = siblings.length > 0 ? [[...parent, pick(siblings, random)[0], name]] : []
  const choices = [...up, ...down]
  if (choices.length === 0) return undefined
  const wrong = pick(choices, random)
  if (valueAt(values, wrong) !== undefined) return undefined
  return { kind: 'moved', description: `${path.join('.')} as ${wrong.join('.')}`, values: nest(wrong, value ?? 'x') }
}

function changeType({ path, value }: Leaf, _: Values, random: Random): Mutant | undefined {
  const others: readonly unknown[] | undefined = isValues(value)
    ? ['text', true, ['a']]
    : Array.isArray(value)
      ? ['text', true, { a: 1 }]
      : {
          boolean: ['enabled', 7, [true], { a: 1 }],
          number: ['many', true, [1], { a: 1 }],
          string: [true, ['x'], { a: 1 }],
        }[typeof value as string]
  // The type of what has no default is not known from the values.
  if (others === undefined) return undefined
  const wrong = pick(others, random)
  return { kind: 'type', description: `${path.join('.')}: ${JSON.stringify(wrong)}`, values: nest(path, wrong) }
}

function nest(path: readonly string[], value: unknown): Values {
  return path.reduceRight<unknown>((below, name) => ({ [name]: below }), value) as Values
}

function pick<T>(choices: readonly T[], random: Random): T {
  return choices[Math.floor(random() * choices.length)] as T
}
