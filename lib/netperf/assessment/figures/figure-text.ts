// Figures inside sentences, three significant digits.

export function bitRateText(bitsPerSecond: number): string {
  const [divisor, prefix] = bitsPerSecond >= 999.5e6 ? [1e9, 'G'] : bitsPerSecond >= 999.5e3 ? [1e6, 'M'] : [1e3, 'k']
  return `${digits(bitsPerSecond / divisor)} ${prefix}bit/s`
}

export function percentText(share: number): string {
  return `${digits(share * 100)}%`
}

export function secondsText(seconds: number): string {
  if (seconds < 0.9995e-3) return `${digits(seconds * 1e6)}µs`
  return seconds < 0.9995 ? `${digits(seconds * 1e3)}ms` : `${digits(seconds)}s`
}

/** Without an exponent, and from 100 on whole. */
export function digits(value: number): string {
  return Math.abs(value) >= 99.95 ? value.toFixed(0) : String(Number(value.toPrecision(3)))
}
