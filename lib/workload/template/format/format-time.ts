import type { Time } from '../value.ts'

const LAYOUT =
  /January|Jan|Monday|Mon|MST|2006|Z07:00:00|Z070000|Z07:00|Z0700|Z07|-07:00:00|-070000|-07:00|-0700|-07|__2|002|_2(?!006)|0[1-6]|15|PM|pm|[.,](?:0+|9+)(?![0-9])|[12345]/g
const MONTHS = 'January February March April May June July August September October November December'.split(' ')
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')

export interface CivilTime {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly millisecond: number
  readonly weekday: number
  readonly yearDay: number
  readonly offsetMinutes: number
}

/** A moment in Go's layout (`2006-01-02 15:04:05`), in the moment's own zone. */
export function formatTime(time: Time, layout: string): string {
  const civil = civilTime(time)
  return layout.replaceAll(LAYOUT, (element) => formatElement(element, civil, time.zone))
}

/** @throws RangeError for a zone that Intl does not know */
export function civilTime({ epochMs, zone }: Time): CivilTime {
  const offsetMinutes = zone === 'UTC' ? 0 : zoneOffsetMinutes(epochMs, zone)
  const local = new Date(epochMs + offsetMinutes * 60_000)
  const year = local.getUTCFullYear()
  return {
    year,
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    millisecond: local.getUTCMilliseconds(),
    weekday: local.getUTCDay(),
    yearDay: Math.floor((local.getTime() - Date.UTC(year, 0, 1)) / 86_400_000) + 1,
    offsetMinutes,
  }
}

/** Does Intl know the time zone, e.g. `Europe/Berlin`? */
export function isKnownZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

function zoneOffsetMinutes(epochMs: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(epochMs)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0))
}

function zoneName(zone: string, civil: CivilTime): string {
  if (zone === 'UTC') return 'UTC'
  const epochMs = Date.UTC(civil.year, civil.month - 1, civil.day, civil.hour, civil.minute - civil.offsetMinutes)
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'short' })
  const name = format.formatToParts(epochMs).find(({ type }) => type === 'timeZoneName')?.value ?? zone
  return name.startsWith('GMT') && name !== 'GMT' ? offset(civil.offsetMinutes, '') : name
}

function formatElement(element: string, civil: CivilTime, zone: string): string {
  switch (element) {
    case '2006':
      return String(civil.year).padStart(4, '0')
    case '06':
      return two(civil.year % 100)
    case 'January':
      return MONTHS[civil.month - 1] ?? ''
    case 'Jan':
      return (MONTHS[civil.month - 1] ?? '').slice(0, 3)
    case '01':
      return two(civil.month)
    case '1':
      return String(civil.month)
    case 'Monday':
      return DAYS[civil.weekday] ?? ''
    case 'Mon':
      return (DAYS[civil.weekday] ?? '').slice(0, 3)
    case '02':
      return two(civil.day)
    case '_2':
      return String(civil.day).padStart(2)
    case '2':
      return String(civil.day)
    case '002':
      return String(civil.yearDay).padStart(3, '0')
    case '__2':
      return String(civil.yearDay).padStart(3)
    default:
      return formatClock(element, civil, zone)
  }
}

function formatClock(element: string, civil: CivilTime, zone: string): string {
  const twelve = civil.hour % 12 === 0 ? 12 : civil.hour % 12
  switch (element) {
    case '15':
      return two(civil.hour)
    case '03':
      return two(twelve)
    case '3':
      return String(twelve)
    case '04':
      return two(civil.minute)
    case '4':
      return String(civil.minute)
    case '05':
      return two(civil.second)
    case '5':
      return String(civil.second)
    case 'PM':
      return civil.hour >= 12 ? 'PM' : 'AM'
    case 'pm':
      return civil.hour >= 12 ? 'pm' : 'am'
    case 'MST':
      return zoneName(zone, civil)
    default:
      return element.startsWith('.') || element.startsWith(',') ? fraction(element, civil) : zoneOffset(element, civil)
  }
}

function fraction(element: string, { millisecond }: CivilTime): string {
  const digits = String(millisecond)
    .padStart(3, '0')
    .padEnd(9, '0')
    .slice(0, element.length - 1)
  if (!element.includes('9')) return element.slice(0, 1) + digits
  const trimmed = digits.replace(/0+$/, '')
  return trimmed === '' ? '' : element.slice(0, 1) + trimmed
}

function zoneOffset(element: string, { offsetMinutes }: CivilTime): string {
  if (element.startsWith('Z') && offsetMinutes === 0) return 'Z'
  if (element.length === 3) return offset(offsetMinutes, '').slice(0, 3)
  const colon = element.includes(':') ? ':' : ''
  const seconds = element.length >= 7 && element !== '-07:00' && element !== 'Z07:00' ? `${colon}00` : ''
  return offset(offsetMinutes, colon) + seconds
}

function offset(minutes: number, colon: string): string {
  const absolute = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(absolute / 60))}${colon}${two(absolute % 60)}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
