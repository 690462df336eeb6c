import type { EventCount } from '../observation/event-tally.ts'

/** What is known of one kind; parts that could not be had are absent. */
export interface KindFigures {
  total: EventCount
  /** Of a full list. */
  listBytes?: number
  objects?: number
}

/** Shares from below 0 (slices cost more) to 1: each is a question of its own, so there is no overall one. */
export interface Savings {
  events?: number
  bytes?: number
  relist?: number
  objects?: number
}

/** What slices save against endpoints; a share of nothing is left out. */
export function savings(cep: KindFigures, ces: KindFigures): Savings {
  const parts = {
    events: saved(cep.total.events, ces.total.events),
    bytes: saved(cep.total.bytes, ces.total.bytes),
    // A list of nothing is its envelope.
    relist: cep.objects === 0 ? undefined : saved(cep.listBytes, ces.listBytes),
    objects: saved(cep.objects, ces.objects),
  }
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined))
}

function saved(cep: number | undefined, ces: number | undefined): number | undefined {
  return cep === undefined || ces === undefined || cep === 0 ? undefined : 1 - ces / cep
}

/**
 * How many events of endpoints weigh as much as one of a slice: so many must come together in one write for slices to
 * save bytes. Undefined while there is none of either.
 */
export function breakEven(cep: EventCount, ces: EventCount): number | undefined {
  if (cep.events === 0 || ces.events === 0) return undefined
  return ces.bytes / ces.events / (cep.bytes / cep.events)
}
