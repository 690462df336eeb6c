import { FIRST_MINOR_WITH_SCHEMA } from '../known-keys/chart-keys.ts'
import type { LintFinding, LintTarget } from '../lint-finding.ts'
import type { MergedValues } from '../values/merged-values.ts'

// Sources: pkg/option/config.go (checkMapSizeLimits, calculateBPFMapSizes), pkg/maps/policymap/cell.go,
// pkg/maps/nodemap/cell.go, pkg/loadbalancer/config.go and pkg/maglev of Cilium 1.14 to 1.20; templates/validate.yaml of
// the charts.

const LARGEST_MAP = 2 ** 24

interface Limit {
  readonly path: string
  readonly min: number
  readonly max?: number
  /** The first minor version that takes the nearest limit instead of ending, for values below and above. */
  readonly clampsBelowSince?: number
  readonly clampsAboveSince?: number
  /** A zero counts as "not set" in the template. */
  readonly zeroIsUnset?: boolean
}

const LIMITS: readonly Limit[] = [
  { path: 'bpf.ctTcpMax', min: 1024, max: LARGEST_MAP, zeroIsUnset: true },
  { path: 'bpf.ctAnyMax', min: 1024, max: LARGEST_MAP, zeroIsUnset: true },
  { path: 'bpf.natMax', min: 1024, max: LARGEST_MAP, zeroIsUnset: true },
  { path: 'bpf.authMapMax', min: 256, max: LARGEST_MAP, zeroIsUnset: true },
  { path: 'bpf.policyMapMax', min: 256, max: 65536, clampsBelowSince: 18, clampsAboveSince: 0 },
  { path: 'bpf.policyStatsMapMax', min: 1024, max: LARGEST_MAP, clampsBelowSince: 0, clampsAboveSince: 0 },
  { path: 'bpf.lbMapMax', min: 1 },
  { path: 'bpf.nodeMapMax', min: 16384, zeroIsUnset: true },
]

/** Flags that only extraConfig sets. */
const FLAG_LIMITS: readonly Limit[] = [
  { path: 'bpf-sock-rev-map-max', min: 1024, max: LARGEST_MAP },
  { path: 'bpf-fragments-map-max', min: 256, max: 65536 },
]

/** Primes that the agent takes as sizes of Maglev tables. */
const MAGLEV_SIZES: readonly number[] = [251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521, 131071]

/** Findings for numbers that the agent changes, or that it does not start with. */
export function checkNumbers(values: MergedValues, { minor }: LintTarget): readonly LintFinding[] {
  const flags = FLAG_LIMITS.map((limit) => ({ ...limit, path: `extraConfig.${limit.path}` }))
  return [
    ...[...LIMITS, ...flags].flatMap((limit) => checkLimit(limit, values, minor)),
    ...checkNotation(values, minor),
    ...checkRatio(values),
    ...checkMaglev(values),
    ...checkConnectedClusters(values, minor),
  ]
}

function checkLimit(limit: Limit, values: MergedValues, minor: number): readonly LintFinding[] {
  const { path, min, max = Number.POSITIVE_INFINITY } = limit
  const value = values.number(path)
  if (value === undefined || (value === 0 && limit.zeroIsUnset === true) || (value >= min && value <= max)) return []
  const [bound, clampsSince, side] =
    value < min ? [min, limit.clampsBelowSince, 'least'] : [max, limit.clampsAboveSince, 'most']
  const clamps = clampsSince !== undefined && minor >= clampsSince
  const name = path.split('.').at(-1) ?? path
  const isFlag = path.startsWith('extraConfig.')
  return [
    {
      severity: 'error',
      code: clamps ? 'Clamped' : 'OutOfRange',
      place: values.place(path),
      path,
      message: clamps
        ? `the agent makes ${bound} of ${value}, the ${side} it takes`
        : `the agent does not start with ${value}: ${bound} is the ${side} it takes`,
      advice: isFlag ? `${name}: "${bound}"` : `${path}: ${bound}`,
    },
  ]
}

/** Where charts write a number as it comes: Helm reads it as floating point, and writes a million as 1e+06. */
const WRITTEN_AS_IS: readonly { readonly path: string; readonly until?: number }[] = [
  ...['ctTcpMax', 'ctAnyMax', 'natMax', 'neighMax', 'policyMapMax', 'lbMapMax', 'authMapMax'].map((name) => ({
    path: `bpf.${name}`,
    until: 15,
  })),
  { path: 'bpf.nodeMapMax' },
]

function checkNotation(values: MergedValues, minor: number): readonly LintFinding[] {
  return WRITTEN_AS_IS.filter(({ until = minor }) => minor <= until).flatMap(({ path }): LintFinding[] => {
    const value = values.scalar(path)
    if (typeof value !== 'number' || value < 1_000_000) return []
    const exponent = Math.floor(Math.log10(value))
    const written = `${value / 10 ** exponent}e+${String(exponent).padStart(2, '0')}`
    return [
      {
        severity: 'error',
        code: 'WrittenAsFloat',
        place: values.place(path),
        path,
        message: `Helm writes ${written} for it, which the agent does not take for a number`,
        advice: minor < FIRST_MINOR_WITH_SCHEMA ? `${path}: "${value}", in quotes` : `${path}: 999999 at most`,
      },
    ]
  })
}

function checkRatio(values: MergedValues): readonly LintFinding[] {
  const path = 'bpf.mapDynamicSizeRatio'
  const value = values.number(path)
  if (value === undefined || (value > 0 && value <= 1)) return []
  const place = values.place(path)
  if (value === 0) {
    return [
      {
        severity: 'error',
        code: 'InvalidValue',
        place,
        path,
        message: 'the chart takes 0 for "not set" and writes its default, 0.0025',
        advice: 'fixed sizes: bpf.ctTcpMax, bpf.ctAnyMax, bpf.natMax, bpf.neighMax',
      },
    ]
  }
  const percent =
    value > 1 && value <= 100 ? `${path}: ${Number((value / 100).toPrecision(6))}, if percent was meant` : undefined
  return [
    {
      severity: 'error',
      code: 'OutOfRange',
      place,
      path,
      message: `the agent does not start with ${value}: the ratio is above 0 and at most 1`,
      advice: percent ?? `${path}: 0.0025`,
    },
  ]
}

function checkMaglev(values: MergedValues): readonly LintFinding[] {
  const path = 'maglev.tableSize'
  const value = values.number(path)
  if (value === undefined || MAGLEV_SIZES.includes(value)) return []
  const next = MAGLEV_SIZES.find((size) => size > value) ?? MAGLEV_SIZES.at(-1)
  return [
    {
      severity: 'error',
      code: 'OutOfRange',
      place: values.place(path),
      path,
      message: `the agent does not start with ${value}: it takes only ${MAGLEV_SIZES.join(', ')}`,
      advice: `${path}: ${next}`,
    },
  ]
}

function checkConnectedClusters(values: MergedValues, minor: number): readonly LintFinding[] {
  const path = 'clustermesh.maxConnectedClusters'
  const value = values.number(path)
  if (minor < 15 || value === undefined || value === 255 || value === 511) return []
  return [
    {
      severity: 'error',
      code: 'InvalidValue',
      place: values.place(path),
      path,
      message: `Helm refuses ${value}: the chart takes 255 or 511`,
      advice: `${path}: ${value < 255 ? 255 : 511}`,
    },
  ]
}
