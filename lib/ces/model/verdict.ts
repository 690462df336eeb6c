import type { EventCount } from '../observation/event-tally.ts'
import { breakEven, type Savings } from './savings.ts'

export interface VerdictFacts {
  savings: Savings
  cep: EventCount
  ces: EventCount
  /** Slices are worked out from the endpoints, not measured. */
  isSimulated: boolean
}

/** A share below this, or as much above none, is too little to speak of. */
const LITTLE = 0.05

const QUESTIONS = [
  ['events', 'events'],
  ['bytes', 'bytes'],
  ['relist', 'relists'],
] as const satisfies readonly (readonly [keyof Savings, string])[]

/**
 * What slices do for this cluster, in sentences: events, bytes and relists each for itself, since they can save one and cost another;
 * and when they would not pay. Empty while nothing has happened.
 */
export function verdictWords({ savings, cep, ces, isSimulated }: VerdictFacts): string[] {
  const saves = named(savings, (share) => share >= LITTLE)
  const costs = named(savings, (share) => share <= -LITTLE)
  if (saves.length === 0 && costs.length === 0) return []
  const verb = isSimulated ? ['would save', 'would cost'] : ['saves', 'costs']
  const parts = [
    ...(saves.length === 0 ? [] : [`${verb[0]} ${list(saves)}`]),
    ...(costs.length === 0 ? [] : [`${verb[1]} more ${list(costs)}`]),
  ]
  const even = breakEven(cep, ces)
  return [
    `CES ${parts.join(', but ')} here.`,
    ...(even === undefined
      ? []
      : [
          `One CES event is as large as ${figure(even)} CEP events, and there were ${figure(cep.events / ces.events)} CEP events for each: ${
            cep.events / ces.events < even
              ? 'changes trickle in more slowly than slices need to save bytes.'
              : 'slower changes of slices as full as these would cost bytes.'
          }`,
        ]),
  ]
}

function named(savings: Savings, isMeant: (share: number) => boolean): string[] {
  return QUESTIONS.flatMap(([key, word]) => {
    const share = savings[key]
    return share !== undefined && isMeant(share) ? [word] : []
  })
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

function figure(value: number): string {
  return value >= 9.95 ? String(Math.round(value)) : value.toFixed(1)
}
