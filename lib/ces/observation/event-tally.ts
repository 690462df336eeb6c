export const EVENT_TYPES = ['ADDED', 'MODIFIED', 'DELETED'] as const
export type EventType = (typeof EVENT_TYPES)[number]

export interface EventCount {
  events: number
  bytes: number
}

/** Watch events of one kind: how many of which type, how large, and when. */
export interface EventTally {
  readonly byType: Readonly<Record<EventType, EventCount>>
  /** By whole seconds since the origin. */
  readonly bySecond: ReadonlyMap<number, EventCount>
  readonly originMs: number
}

type OpenTally = EventTally & { readonly bySecond: Map<number, EventCount> }

/** @param originMs seconds are counted from there, by the monotonic clock */
export function openTally(originMs: number): OpenTally {
  const none = (): EventCount => ({ events: 0, bytes: 0 })
  return { byType: { ADDED: none(), MODIFIED: none(), DELETED: none() }, bySecond: new Map(), originMs }
}

/** @param bytes of the line on the wire, its newline included */
export function countEvent(tally: OpenTally, type: EventType, bytes: number, atMs: number): void {
  add(tally.byType[type], { events: 1, bytes })
  addToSecond(tally, Math.floor((atMs - tally.originMs) / 1000), { events: 1, bytes })
}

/** All events of several tallies with the same origin. */
export function sumTallies(tallies: readonly EventTally[], originMs: number): EventTally {
  const sum = openTally(originMs)
  for (const { byType, bySecond } of tallies) {
    for (const type of EVENT_TYPES) add(sum.byType[type], byType[type])
    for (const [second, count] of bySecond) addToSecond(sum, second, count)
  }
  return sum
}

/** All types together: added, modified, deleted. */
export function totalOf({ byType }: EventTally): EventCount {
  const total: EventCount = { events: 0, bytes: 0 }
  for (const type of EVENT_TYPES) add(total, byType[type])
  return total
}

/** Events in each second from the first to the last of a time, idle ones included. */
export function eventsPerSecond({ bySecond, originMs }: EventTally, startMs: number, endMs: number): number[] {
  const first = Math.floor((startMs - originMs) / 1000)
  const last = Math.max(first, Math.ceil((endMs - originMs) / 1000) - 1)
  return Array.from({ length: last - first + 1 }, (_, index) => bySecond.get(first + index)?.events ?? 0)
}

function addToSecond({ bySecond }: OpenTally, second: number, count: EventCount): void {
  const before = bySecond.get(second)
  if (before === undefined) bySecond.set(second, { ...count })
  else add(before, count)
}

function add(sum: EventCount, { events, bytes }: EventCount): void {
  sum.events += events
  sum.bytes += bytes
}

export type { OpenTally }
