import { TemplateFault } from '../template-fault.ts'

export type DecimalOperation = '+' | '-' | '*' | '/'

/** coefficient × 10^-scale. */
interface Decimal {
  readonly coefficient: bigint
  readonly scale: number
}

const DIVISION_DIGITS = 16

/**
 * Sprig's addf, subf, mulf and divf: the numbers as the decimals that they print as, so that 0.1 + 0.2 is 0.3; a
 * quotient has 16 digits behind the point (shopspring/decimal).
 */
export function inDecimals(operation: DecimalOperation, numbers: readonly number[]): number {
  const [first, ...rest] = numbers.map(toDecimal)
  const result = rest.reduce((total, value) => compute(operation, total, value), first ?? toDecimal(0))
  return toNumber(result)
}

function toDecimal(value: number): Decimal {
  if (!Number.isFinite(value)) throw new TemplateFault(`cannot make a decimal of ${value}`)
  const [mantissa = '0', power = '0'] = value.toExponential().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const scale = fraction.length - Number(power)
  const coefficient = BigInt(whole + fraction)
  return scale >= 0 ? { coefficient, scale } : { coefficient: coefficient * 10n ** BigInt(-scale), scale: 0 }
}

function toNumber({ coefficient, scale }: Decimal): number {
  return Number(`${coefficient}e-${scale}`)
}

function compute(operation: DecimalOperation, a: Decimal, b: Decimal): Decimal {
  if (operation === '*') return { coefficient: a.coefficient * b.coefficient, scale: a.scale + b.scale }
  if (operation === '/') return divide(a, b)
  const scale = Math.max(a.scale, b.scale)
  const left = a.coefficient * 10n ** BigInt(scale - a.scale)
  const right = b.coefficient * 10n ** BigInt(scale - b.scale)
  return { coefficient: operation === '+' ? left + right : left - right, scale }
}

function divide(a: Decimal, b: Decimal): Decimal {
  if (b.coefficient === 0n) throw new TemplateFault('decimal division by 0')
  const shift = DIVISION_DIGITS + b.scale - a.scale
  const numerator = shift >= 0 ? a.coefficient * 10n ** BigInt(shift) : a.coefficient
  const denominator = shift >= 0 ? b.coefficient : b.coefficient * 10n ** BigInt(-shift)
  const quotient = numerator / denominator
  const remainder = numerator % denominator
  const magnitude = (value: bigint) => (value < 0n ? -value : value)
  const away = magnitude(remainder) * 2n >= magnitude(denominator)
  const sign = numerator < 0n === denominator < 0n ? 1n : -1n
  return { coefficient: away ? quotient + sign : quotient, scale: DIVISION_DIGITS }
}
