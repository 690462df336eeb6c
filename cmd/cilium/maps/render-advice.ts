import type { CiliumMapsDetails, SizeAdvice } from '../../../lib/record/details/cilium-maps-details.ts'
import { printable } from '../../../lib/report/printable.ts'
import { scale } from '../../../lib/report/scale.ts'
import { wrapText } from '../../text-layout.ts'
import type { MapsRenderOptions } from './render-options.ts'

/** So many names are spelled out; the rest is counted. */
const MOST_NAMES = 3

/** A setting a line, below it why, what it takes, and what else would help. */
export function renderAdvice(
  { advice }: CiliumMapsDetails,
  { headers, advise, columns: width }: MapsRenderOptions,
): string {
  if (advice.length === 0) return ''
  const lines = advice.flatMap((each) => [
    ...wrapped(settingOf(each), width, ''),
    ...[
      `for ${naming(each.maps)}`,
      // Of a map that is full the finding above says the same.
      each.helps && !advise ? '' : each.reason,
      each.disruption ?? '',
      ...each.alternatives.map((text) => `or: ${text}`),
    ]
      .filter((text) => text !== '')
      .flatMap((text) => wrapped(text, width, '  ')),
  ])
  return [...(headers ? ['ADVICE'] : []), ...lines].map((line) => `${line}\n`).join('')
}

/** `bpf.lbMapMax: 65536 (now 256), +12.6 MB per node when all entries are used`. */
function settingOf({
  helps,
  helmKey,
  flag,
  value,
  currentValue,
  extraBytesPerNode,
  extraBytesNote,
}: SizeAdvice): string {
  const key = helmKey ?? flag
  const now = currentValue === undefined ? '' : ` (now ${currentValue})`
  const setting = !helps || key === undefined || value === undefined ? 'no setting helps' : `${key}: ${value}${now}`
  const memory = extraBytesPerNode === undefined ? '' : `, +${scale(extraBytesPerNode, 'B')} per node`
  const note = extraBytesNote === undefined ? '' : `${memory === '' ? ',' : ''} ${extraBytesNote}`
  return `${setting}${memory}${note}`
}

function naming(names: readonly string[]): string {
  const more = names.length - MOST_NAMES
  return more <= 0 ? names.join(', ') : `${names.slice(0, MOST_NAMES).join(', ')} and ${more} more`
}

function wrapped(text: string, width: number | undefined, indent: string): readonly string[] {
  const clean = printable(text)
  const lines = width === undefined ? [clean] : wrapText(clean, Math.max(30, width - indent.length))
  return lines.map((line) => `${indent}${line}`)
}
