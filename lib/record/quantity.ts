import { UsageError } from '../errors/perf-error.ts'

const DECIMAL_EXPONENT: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
}
const BINARY_SUFFIXES: readonly string[] = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

const QUANTITY = /^([+-]?)(\d+\.?\d*|\.\d+)(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d+))?$/

/**
 * The number a Kubernetes quantity stands for: `10Mi` is 10,485,760, `10k` 10,000, `500m` 0.5, `1e3` 1,000
 * (the grammar of k8s.io/apimachinery/pkg/api/resource).
 * @throws UsageError that names the text and gives an example
 */
export function parseQuantity(text: string): number {
  const match = QUANTITY.exec(text)
  if (match === null) {
    throw new UsageError(
      `invalid quantity ${JSON.stringify(text)}: use a number with or without a suffix, for example 512Mi, 10k or 1.5Gi`,
    )
  }
  const [, sign = '', mantissa = '', binary, decimal, exponent] = match
  const magnitude =
    binary === undefined
      ? Number(`${mantissa}e${decimal === undefined ? (exponent ?? '0') : DECIMAL_EXPONENT[decimal]}`)
      : Number(mantissa) * 1024 ** (BINARY_SUFFIXES.indexOf(binary) + 1)
  return sign === '-' && magnitude > 0 ? -magnitude : magnitude
}

/**
 * The shortest binary quantity with a whole number in front that reads back to the same value: `512Mi`. A value that is
 * no multiple of 1024 stands as it is.
 */
export function formatQuantity(value: number): string {
  let scaled = value
  let suffix = ''
  for (const next of BINARY_SUFFIXES) {
    if (scaled === 0 || scaled % 1024 !== 0) break
    scaled /= 1024
    suffix = next
  }
  return `${scaled}${suffix}`
}
