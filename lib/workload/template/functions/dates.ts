import { UsageError } from '../../../errors/perf-error.ts'
import { parseDuration } from '../../../record/duration.ts'
import { civilTime, formatTime, isKnownZone } from '../format/format-time.ts'
import { TemplateFault } from '../template-fault.ts'
import { type CallContext, type FunctionTable, fixed, type TemplateFunction } from '../template-function.ts'
import { integerOf, type Time, type Value } from '../value.ts'

const date: TemplateFunction = fixed(['string', 'any'], ([layout, when], context) =>
  formatTime(moment(when, context.timeZone, context), layout),
)
const dateInZone: TemplateFunction = fixed(['string', 'any', 'string'], ([layout, when, zone], context) =>
  formatTime(moment(when, zone, context), layout),
)
const dateModify: TemplateFunction = fixed(['string', 'time'], ([duration, time]) => shifted(time, duration) ?? time)
const mustDateModify: TemplateFunction = fixed(['string', 'time'], ([duration, time]) => {
  const later = shifted(time, duration)
  if (later === undefined) throw new TemplateFault(`invalid duration ${JSON.stringify(duration)}`)
  return later
})

/** Sprig's dates; what reads the clock reads the renderer's. */
export const dateFunctions: FunctionTable = {
  now: fixed([], (_, context): Time => ({ kind: 'time', epochMs: context.now().getTime(), zone: context.timeZone })),
  date,
  dateInZone,
  date_in_zone: dateInZone,
  htmlDate: fixed(['any'], ([when], context) => formatTime(moment(when, context.timeZone, context), '2006-01-02')),
  htmlDateInZone: fixed(['any', 'string'], ([when, zone], context) =>
    formatTime(moment(when, zone, context), '2006-01-02'),
  ),
  dateModify,
  date_modify: dateModify,
  mustDateModify,
  must_date_modify: mustDateModify,
  unixEpoch: fixed(['time'], ([{ epochMs }]) => String(Math.floor(epochMs / 1000))),
}

/** The methods of Go's time.Time that a template may call, as in `now.Unix`; undefined for any other name. */
export function timeMethod(name: string, time: Time): TemplateFunction | undefined {
  const civil = civilTime(time)
  const numbers: Readonly<Record<string, bigint>> = {
    Unix: BigInt(Math.floor(time.epochMs / 1000)),
    UnixMilli: BigInt(time.epochMs),
    UnixMicro: BigInt(time.epochMs) * 1000n,
    UnixNano: BigInt(time.epochMs) * 1_000_000n,
    Year: BigInt(civil.year),
    Day: BigInt(civil.day),
    Hour: BigInt(civil.hour),
    Minute: BigInt(civil.minute),
    Second: BigInt(civil.second),
    YearDay: BigInt(civil.yearDay),
  }
  const number = Object.hasOwn(numbers, name) ? numbers[name] : undefined
  if (number !== undefined) {
    const value: Value = name.startsWith('Unix') ? { kind: 'integer', type: 'int64', value: number } : number
    return fixed([], () => value)
  }
  if (name === 'Format') return fixed(['string'], ([layout]) => formatTime(time, layout))
  return name === 'UTC' ? fixed([], () => ({ ...time, zone: 'UTC' })) : undefined
}

// Sprig takes a time or seconds since 1970, and the present for all else; a zone it does not know is UTC.
function moment(when: Value, zone: string, context: CallContext): Time {
  const known = zone === 'Local' ? context.timeZone : isKnownZone(zone) ? zone : 'UTC'
  if (typeof when === 'object' && when !== null && when.kind === 'time') return { ...when, zone: known }
  const seconds = integerOf(when)
  return {
    kind: 'time',
    epochMs: seconds === undefined ? context.now().getTime() : Number(seconds) * 1000,
    zone: known,
  }
}

function shifted(time: Time, duration: string): Time | undefined {
  try {
    return { ...time, epochMs: time.epochMs + parseDuration(duration) }
  } catch (error) {
    if (error instanceof UsageError) return undefined
    throw error
  }
}
