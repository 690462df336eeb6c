import type { Estimate } from '../../lib/record/details/netperf-details.ts'
import type { Unit } from '../../lib/record/run-record.ts'
import { NO_DATA, scale } from '../../lib/report/scale.ts'

/** `16.9 Gbit/s ±0.4`: the spread in the unit of the figure, two significant digits; none where there is one sample. */
export function withSpread(estimate: Estimate | undefined, unit: Unit): string {
  if (estimate === undefined) return NO_DATA
  const figure = scale(estimate.mean, unit)
  const { ci95 } = estimate
  if (ci95 === undefined) return figure
  const shown = Number.parseFloat(figure)
  // The figure is rounded, so that its prefix is only nearly what it was divided by.
  const factor = shown === 0 ? 1 : 10 ** Math.round(Math.log10(estimate.mean / shown))
  return `${figure} ±${twoDigits(ci95 / factor)}`
}

function twoDigits(value: number): string {
  return value >= 10 ? String(Math.round(value)) : String(Number(value.toPrecision(value >= 1 ? 2 : 1)))
}

/** `0.94` of a core as kubectl top has it: `940m`. */
export function cores(value: number | undefined): string {
  return value === undefined ? NO_DATA : `${Math.round(value * 1000)}m`
}

/** A share to a tenth of a percent, smaller ones exactly: `0.1%`, `0.002%`, `0%`. */
export function share(value: number | undefined): string {
  return scale(value, 'ratio')
}
