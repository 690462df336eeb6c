interface Digits {
  /** The value is 0.d1d2d3… × 10^exponent; no digits for 0. */
  readonly digits: string
  readonly exponent: number
}

/**
 * A finite or infinite float64 as Go's strconv.FormatFloat writes it. `precision` -1 is the shortest text that reads back
 * to the same number; for `g` it counts significant digits, for `e` and `f` those behind the point.
 */
export function formatFloat(value: number, verb: 'e' | 'f' | 'g', precision: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const magnitude = Math.abs(value)
  if (verb === 'f') return sign + fixedPoint(magnitude, precision)
  if (verb === 'e') return sign + scientific(magnitude, precision)
  return sign + general(magnitude, precision)
}

function fixedPoint(value: number, precision: number): string {
  const { digits, exponent } = precision < 0 ? shortest(value) : rounded(value, { behindPoint: precision })
  const whole = exponent <= 0 ? '0' : digits.slice(0, exponent).padEnd(exponent, '0')
  const fraction = exponent <= 0 ? '0'.repeat(digits === '' ? 0 : -exponent) + digits : digits.slice(exponent)
  const behind = precision < 0 ? fraction : fraction.padEnd(precision, '0')
  return behind === '' ? whole : `${whole}.${behind}`
}

function scientific(value: number, precision: number): string {
  const { digits, exponent } = precision < 0 ? shortest(value) : rounded(value, { significant: precision + 1 })
  const behind = precision < 0 ? digits.slice(1) : digits.slice(1).padEnd(precision, '0')
  const power = digits === '' ? 0 : exponent - 1
  const mantissa = (digits[0] ?? '0') + (behind === '' ? '' : `.${behind}`)
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

// With an exponent below 1e-4 and from the precision on: six digits where the shortest text is asked for.
function general(value: number, precision: number): string {
  const significant = precision === 0 ? 1 : precision
  const { digits, exponent } = significant < 0 ? shortest(value) : rounded(value, { significant })
  const power = digits === '' ? -1 : exponent - 1
  const limit = significant > digits.length && digits.length >= exponent ? digits.length : significant
  if (power < -4 || power >= (significant < 0 ? 6 : limit)) return scientific(value, digits.length - 1)
  return fixedPoint(value, Math.max(digits.length - exponent, 0))
}

function shortest(value: number): Digits {
  if (value === 0) return { digits: '', exponent: 0 }
  const [mantissa = '', power = ''] = value.toExponential().split('e')
  return { digits: mantissa.replace('.', ''), exponent: Number(power) + 1 }
}

// Exact: the binary value is a ratio of integers, and ties go to the even digit as in Go (JavaScript's toFixed rounds them up).
function rounded(value: number, to: { behindPoint: number } | { significant: number }): Digits {
  if (value === 0) return { digits: '', exponent: 0 }
  if ('behindPoint' in to) return scaled(value, to.behindPoint)
  const scale = to.significant - shortest(value).exponent
  const found = scaled(value, scale)
  // The shortest text of a number just below a power of ten is that power, which has one digit more in front.
  return found.exponent + scale < to.significant ? scaled(value, scale + 1) : found
}

// The value rounded to `scale` digits behind the point (before it where negative).
function scaled(value: number, scale: number): Digits {
  const { numerator, denominator } = ratio(value)
  const digits = divideToEven(
    scale >= 0 ? numerator * 10n ** BigInt(scale) : numerator,
    scale >= 0 ? denominator : denominator * 10n ** BigInt(-scale),
  ).toString()
  if (digits === '0') return { digits: '', exponent: 0 }
  return { digits: digits.replace(/0+$/, ''), exponent: digits.length - scale }
}

function ratio(value: number): { numerator: bigint; denominator: bigint } {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, value)
  const raw = bits.getBigUint64(0)
  const biased = Number((raw >> 52n) & 0x7ffn)
  const fraction = raw & 0xfffffffffffffn
  const mantissa = biased === 0 ? fraction : fraction | 0x10000000000000n
  const power = (biased === 0 ? 1 : biased) - 1075
  return power >= 0
    ? { numerator: mantissa << BigInt(power), denominator: 1n }
    : { numerator: mantissa, denominator: 1n << BigInt(-power) }
}

function divideToEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator
  const twice = (numerator % denominator) * 2n
  if (twice > denominator || (twice === denominator && quotient % 2n === 1n)) return quotient + 1n
  return quotient
}
