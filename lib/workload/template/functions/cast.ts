import { parseFloat64, parseInt64 } from '../literals.ts'
import { integerOf, type Value } from '../value.ts'

// How sprig's arithmetic takes any value for a number (spf13/cast 1.7): what is none counts as 0.

export function toInt64(value: Value): bigint {
  const integer = integerOf(value)
  if (integer !== undefined) return integer
  if (typeof value === 'number') return floatToInt64(value)
  if (typeof value === 'boolean') return value ? 1n : 0n
  return typeof value === 'string' ? (parseInt64(withoutZeroFraction(value)) ?? 0n) : 0n
}

export function toFloat64(value: Value): number {
  const integer = integerOf(value)
  if (integer !== undefined) return Number(integer)
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'string' ? (parseFloat64(value) ?? 0) : 0
}

/** Go's conversion of a float64 on amd64: towards zero, and the least int64 for what does not fit. */
export function floatToInt64(value: number): bigint {
  return Number.isFinite(value) && Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : -(2n ** 63n)
}

// "8.00" is 8, "8.05" is no integer.
function withoutZeroFraction(text: string): string {
  return text.replace(/\.0+$/, '')
}
