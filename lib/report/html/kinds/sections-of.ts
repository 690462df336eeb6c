import type { Sections } from '../section.ts'
import { acceptSections } from './accept.ts'
import { cesSections } from './ces-compare.ts'
import { bigTcpSections } from './cilium-bigtcp.ts'
import { lintSections } from './cilium-lint.ts'
import { ciliumMapsSections } from './cilium-maps.ts'
import { compareSections } from './compare.ts'
import { controlPlaneSections } from './control-plane.ts'
import { densitySections } from './density.ts'
import { maxPodsSections } from './maxpods.ts'
import { netperfSections } from './netperf.ts'

/** What only the records of one command have. */
const KINDS: ReadonlyMap<string, Sections> = new Map(
  Object.entries<Sections>({
    density: densitySections,
    netperf: netperfSections,
    'cilium-maps': ciliumMapsSections,
    'cilium-lint': lintSections,
    'cilium-bigtcp': bigTcpSections,
    'ces-compare': cesSections,
    'maxpods-check': maxPodsSections,
    compare: compareSections,
  }),
)

/** The figures of the control plane may be in any record, and accept has those of other commands inside. */
export const sectionsOfKind: Sections = (record) => [
  ...(record.kind === 'accept' ? acceptSections(record, sectionsOfKind) : []),
  ...(KINDS.get(record.kind)?.(record) ?? []),
  ...controlPlaneSections(record),
]
