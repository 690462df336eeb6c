import { isLowerLimit } from '../record/lower-limit.ts'
import type { Metric, Statistics, Unit } from '../record/run-record.ts'

/** What stands in a table where there is no figure: never 0. */
export const NO_DATA = '-'

/**
 * A figure in its base unit as a person reads it, three significant digits: `702ms`, `1.39s`, `16.9 Gbit/s`, `20.0/s`.
 */
export function scale(value: number | undefined, unit: Unit): string {
  if (value === undefined) return NO_DATA
  switch (unit) {
    case 's':
      return scaleSeconds(value)
    case 'B':
      return withPrefix(value, 'B')
    case 'B/s':
      return withPrefix(value, 'B/s')
    case 'bit/s':
      return withPrefix(value, 'bit/s')
    case '1/s':
      return `${digits(value)}/s`
    case 'ratio':
      return `${digits(value * 100)}%`
    case 'cores':
      return digits(value)
    case 'count':
      return String(value)
  }
}

/** A statistic of a metric: `>60.0s` where no more is known than that it is above. */
export function scaleStatistic(
  metric: Pick<Metric, 'statistics' | 'interpolated' | 'unit'>,
  key: keyof Statistics,
): string {
  return `${isLowerLimit(metric, key) ? '>' : ''}${scale(metric.statistics[key], metric.unit)}`
}

/**
 * A duration that was measured no finer than `resolution` (both in seconds), without digits that nobody measured: `5ms`
 * and not 4.73ms where it is 1 ms, `<1ms` for less. 0: every digit counts.
 */
export function scaleMeasured(seconds: number | undefined, resolution: number): string {
  if (seconds === undefined) return NO_DATA
  if (resolution <= 0) return scaleSeconds(seconds)
  const step = 10 ** Math.floor(Math.log10(resolution) + 1e-9)
  if (Math.abs(seconds) < resolution) return `<${scaleSeconds(resolution, step)}`
  return scaleSeconds(Math.round(seconds / step) * step, step)
}

/** @param step a power of ten: digits below it are left out */
function scaleSeconds(seconds: number, step = 0): string {
  const size = Math.abs(seconds)
  if (size === 0) return '0s'
  if (size < 0.9995e-3) return `${digits(seconds * 1e6, step * 1e6)}µs`
  if (size < 0.9995) return `${digits(seconds * 1e3, step * 1e3)}ms`
  if (size < 59.95) return `${digits(seconds, step)}s`
  const whole = Math.round(size)
  const parts = [
    [Math.floor(whole / 3600), 'h'],
    [Math.floor(whole / 60) % 60, 'm'],
    [whole % 60, 's'],
  ] as const
  const text = parts.flatMap(([count, suffix]) => (count === 0 ? [] : [`${count}${suffix}`])).join('')
  return seconds < 0 ? `-${text}` : text
}

function withPrefix(value: number, unit: string): string {
  const prefixes = ['', 'k', 'M', 'G', 'T', 'P']
  let scaled = value
  let index = 0
  while (Math.abs(scaled) >= 999.5 && index < prefixes.length - 1) {
    scaled /= 1000
    index += 1
  }
  return `${index === 0 ? String(Math.round(scaled)) : digits(scaled)} ${prefixes[index]}${unit}`
}

/** Three significant digits at most, without an exponent; from 100 on whole numbers. */
function digits(value: number, step = 0): string {
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size < 0.9995 && step === 0) return String(Number(value.toPrecision(3)))
  const decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2
  return value.toFixed(step === 0 ? decimals : Math.max(0, Math.min(decimals, -Math.round(Math.log10(step)))))
}
