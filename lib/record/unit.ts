import type { Unit } from './run-record.ts'

const binary = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 }
const decimal = { k: 1e3, M: 1e6, G: 1e9, T: 1e12 }

const bytes = {
  B: 1,
  ...suffixed(decimal, 'B'),
  ...suffixed(binary, 'B'),
  ...binary,
}

/** What people may write behind a number, by base unit, and how many base units it is. Kubernetes' and iperf's spelling. */
const multipliers: Record<Unit, Readonly<Record<string, number>>> = {
  s: { ns: 1e-9, us: 1e-6, µs: 1e-6, μs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 },
  B: bytes,
  'B/s': suffixed(bytes, '/s'),
  'bit/s': { 'bit/s': 1, ...suffixed(decimal, 'bit/s') },
  '1/s': { '/s': 1 },
  ratio: { '%': 0.01 },
  count: {},
  cores: { m: 1e-3 },
}

function suffixed(factors: Readonly<Record<string, number>>, suffix: string): Record<string, number> {
  return Object.fromEntries(Object.entries(factors).map(([prefix, factor]) => [prefix + suffix, factor]))
}

/** How many base units one `suffix` is; undefined where the base unit knows no such suffix. */
export function unitMultiplier(unit: Unit, suffix: string): number | undefined {
  return suffix === '' ? 1 : multipliers[unit][suffix]
}

/** The suffixes that a figure of this unit may carry. */
export function unitSuffixes(unit: Unit): string[] {
  return Object.keys(multipliers[unit])
}
