import { TemplateFault } from '../template-fault.ts'
import { parseRegex } from './parse-regex.ts'
import type { Assertion, RegexNode } from './regex-nodes.ts'

const LONGEST_PROGRAM = 10_000
const MOST_STEPS = 5_000_000

/**
 * A compiled regular expression. It runs as a set of threads over the text (Pike's machine), so that its time is
 * proportional to the text and no pattern can hang the run, as in RE2.
 */
export interface Regex {
  readonly groups: ReadonlyMap<string, number>
  readonly program: readonly Instruction[]
  readonly slots: number
}

/** Where a match lies, in UTF-16 units: start and end of the whole, then of each group (-1: took no part). */
export type Match = readonly number[]

type Instruction =
  | { readonly kind: 'character'; readonly accepts: (character: string) => boolean }
  | { readonly kind: 'assertion'; readonly holds: Assertion }
  | { readonly kind: 'split'; preferred: number; other: number }
  | { readonly kind: 'jump'; target: number }
  | { readonly kind: 'save'; readonly slot: number }
  | { readonly kind: 'match' }

/** @throws TemplateFault for a pattern that is none of RE2's or too large */
export function compileRegex(pattern: string): Regex {
  const { node, groups, groupCount } = parseRegex(pattern)
  const program: Instruction[] = []
  emit(program, { kind: 'group', index: 0, node })
  add(program, { kind: 'match' })
  return { groups, program, slots: 2 * (groupCount + 1) }
}

function add(program: Instruction[], instruction: Instruction): number {
  if (program.length >= LONGEST_PROGRAM) throw new TemplateFault('the regular expression is too large')
  return program.push(instruction) - 1
}

function emit(program: Instruction[], node: RegexNode): void {
  switch (node.kind) {
    case 'character':
    case 'assertion':
      add(program, node)
      return
    case 'group':
      add(program, { kind: 'save', slot: 2 * node.index })
      emit(program, node.node)
      add(program, { kind: 'save', slot: 2 * node.index + 1 })
      return
    case 'sequence':
      for (const part of node.nodes) emit(program, part)
      return
    case 'choice':
      emitChoice(program, node.nodes)
      return
    case 'repeat':
      emitRepeat(program, node)
  }
}

function emitChoice(program: Instruction[], nodes: readonly RegexNode[]): void {
  const jumps: { kind: 'jump'; target: number }[] = []
  nodes.forEach((node, index) => {
    if (index === nodes.length - 1) {
      emit(program, node)
      return
    }
    const split = { kind: 'split' as const, preferred: program.length + 1, other: 0 }
    add(program, split)
    emit(program, node)
    const jump = { kind: 'jump' as const, target: 0 }
    add(program, jump)
    jumps.push(jump)
    split.other = program.length
  })
  for (const jump of jumps) jump.target = program.length
}

// As RE2: x* is (x+)?, and x+ runs x before it chooses to run it again, which decides what (|a)+ prefers.
function emitRepeat(program: Instruction[], { node, min, max, greedy }: Extract<RegexNode, { kind: 'repeat' }>): void {
  for (let count = 1; count < min; count += 1) emit(program, node)
  if (max === Infinity) {
    const skip = min === 0 ? emitSplit(program, greedy) : undefined
    const start = program.length
    emit(program, node)
    const again = { kind: 'split' as const, preferred: start, other: start }
    add(program, again)
    again[greedy ? 'other' : 'preferred'] = program.length
    skip?.skipTo(program.length)
    return
  }
  if (min > 0) emit(program, node)
  const splits = []
  for (let count = min; count < max; count += 1) {
    splits.push(emitSplit(program, greedy))
    emit(program, node)
  }
  for (const split of splits) split.skipTo(program.length)
}

// A choice between what follows and what lies behind it.
function emitSplit(program: Instruction[], greedy: boolean): { skipTo: (target: number) => void } {
  const split = { kind: 'split' as const, preferred: 0, other: 0 }
  const at = add(program, split)
  split[greedy ? 'preferred' : 'other'] = at + 1
  return {
    skipTo: (target) => {
      split[greedy ? 'other' : 'preferred'] = target
    },
  }
}

interface Threads {
  readonly seen: Set<number>
  readonly list: { readonly at: number; readonly saved: Match }[]
}

/** The leftmost match of a text, among those the one that the pattern's order prefers. */
export function findMatch(regex: Regex, text: string): Match | undefined {
  return matchFrom(regex, text, 0, { left: MOST_STEPS })
}

function matchFrom({ program, slots }: Regex, text: string, from: number, steps: { left: number }): Match | undefined {
  let current: Threads = { seen: new Set(), list: [] }
  let found: Match | undefined
  let at = from
  let before = characterBefore(text, from)
  for (;;) {
    const code = text.codePointAt(at)
    const character = code === undefined ? undefined : String.fromCodePoint(code)
    if (found === undefined)
      follow(program, current, { start: 0, at, before, after: character, saved: Array(slots).fill(-1) })
    if (current.list.length === 0 && found !== undefined) return found
    steps.left -= current.list.length
    if (steps.left < 0) throw new TemplateFault('the regular expression takes too long on this text')
    const after = at + (character?.length ?? 0)
    const next: Threads = { seen: new Set(), list: [] }
    const afterNext = text.codePointAt(after)
    for (const thread of current.list) {
      const instruction = program[thread.at]
      if (instruction?.kind === 'match') {
        found = thread.saved
        break
      }
      if (instruction?.kind === 'character' && character !== undefined && instruction.accepts(character)) {
        const ahead = afterNext === undefined ? undefined : String.fromCodePoint(afterNext)
        follow(program, next, { start: thread.at + 1, at: after, before: character, after: ahead, saved: thread.saved })
      }
    }
    if (character === undefined) return found
    before = character
    at = after
    current = next
  }
}

interface Step {
  readonly start: number
  readonly at: number
  readonly before: string | undefined
  readonly after: string | undefined
  readonly saved: Match
}

// Adds the threads that a place in the program leads to without reading a character, the preferred ones first.
function follow(program: readonly Instruction[], threads: Threads, { start, at, before, after, saved }: Step): void {
  const pending: { at: number; saved: Match }[] = [{ at: start, saved }]
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    const instruction = program[place.at]
    if (instruction === undefined || threads.seen.has(place.at)) continue
    threads.seen.add(place.at)
    switch (instruction.kind) {
      case 'jump':
        pending.push({ at: instruction.target, saved: place.saved })
        break
      case 'split':
        pending.push({ at: instruction.other, saved: place.saved }, { at: instruction.preferred, saved: place.saved })
        break
      case 'save':
        pending.push({ at: place.at + 1, saved: place.saved.with(instruction.slot, at) })
        break
      case 'assertion':
        if (instruction.holds(before, after)) pending.push({ at: place.at + 1, saved: place.saved })
        break
      case 'character':
      case 'match':
        threads.list.push(place)
    }
  }
}

function characterBefore(text: string, at: number): string | undefined {
  return at === 0 ? undefined : Array.from(text.slice(Math.max(at - 2, 0), at)).at(-1)
}

/** All matches that do not overlap, as Go finds them: an empty one right behind another does not count. */
export function findMatches(regex: Regex, text: string, most = Infinity): Match[] {
  const matches: Match[] = []
  const steps = { left: MOST_STEPS }
  let at = 0
  let previousEnd = -1
  while (matches.length < most && at <= text.length) {
    const match = matchFrom(regex, text, at, steps)
    const [start = -1, end = -1] = match ?? []
    if (match === undefined) break
    if (!(start === end && start === previousEnd)) matches.push(match)
    at = end > at ? end : at + (at < text.length ? String.fromCodePoint(text.codePointAt(at) ?? 0).length : 1)
    previousEnd = end
  }
  return matches
}
