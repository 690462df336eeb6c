import { ciliumMapsDetailsOf } from '../../lib/record/details/cilium-maps-details.ts'
import { netperfDetailsOf } from '../../lib/record/details/netperf-details.ts'
import type { RunRecord } from '../../lib/record/run-record.ts'
import type { RecordView } from '../write-record.ts'

/** How the command of each kind of record shows it, with the options of that run. A kind is any word of a file, `constructor` too. */
export const VIEWS: ReadonlyMap<string, (parameters: RunRecord['parameters']) => Promise<RecordView>> = new Map(
  Object.entries<(parameters: RunRecord['parameters']) => Promise<RecordView>>({
    density: async () => ({ render: (await import('../density/render.ts')).renderDensity }),
    netperf: async () => ({ render: (await import('../netperf/render.ts')).renderNetperf }),
    'control-plane': async ({ top }) => {
      const { renderControlPlane } = await import('../control-plane/render.ts')
      const rows = typeof top === 'number' ? top : Number.POSITIVE_INFINITY
      return { render: (record, shown) => renderControlPlane(record, { ...shown, top: rows }) }
    },
    'cilium-maps': async ({ sort, perNode, advise }) => {
      const { renderMaps } = await import('../cilium/maps/render.ts')
      const asked = {
        sort: sort === 'name' || sort === 'node' ? sort : 'pressure',
        perNode: perNode === true,
        advise: advise === true,
        // The last look at them, whatever came before it.
        watch: false,
        interval: 0,
        isTerminal: false,
      } as const
      return { render: (record, shown) => renderMaps(record, { ...shown, ...asked }) }
    },
    'cilium-lint': async () => ({ render: (await import('../cilium/lint/render.ts')).renderLint }),
    'cilium-bigtcp': async () => ({ render: (await import('../cilium/bigtcp/render.ts')).renderBigTcp }),
    'ces-compare': async () => ({ render: (await import('../ces-compare/render.ts')).renderCesCompare }),
    'maxpods-check': async ({ perNodeDetail }) => {
      const { renderMaxPods } = await import('../maxpods-check/render.ts')
      return { render: renderMaxPods({ output: 'table', perNodeDetail: perNodeDetail === true }) }
    },
    accept: async () => ({ render: (await import('../accept/render.ts')).renderAccept }),
    compare: async () => ({
      render: (await import('../compare/render.ts')).renderComparison,
      markdown: (await import('../compare/render-markdown.ts')).renderMarkdown,
    }),
  }),
)

/** Those whose tables are made of details, which a run that was killed has none of. */
const DETAILS: ReadonlyMap<string, (record: RunRecord) => object | undefined> = new Map(
  Object.entries<(record: RunRecord) => object | undefined>({
    netperf: netperfDetailsOf,
    'cilium-maps': ciliumMapsDetailsOf,
  }),
)

/** How to show a record; of a command that this version does not have, and of figures without details, what all have. */
export async function viewOf(record: RunRecord): Promise<RecordView> {
  const { kind, parameters, metrics } = record
  const view = VIEWS.get(kind)
  const readDetails = DETAILS.get(kind)
  const lacksDetails = metrics.length > 0 && readDetails !== undefined && readDetails(record) === undefined
  return view === undefined || lacksDetails ? { render: (await import('./render-any.ts')).renderAny } : view(parameters)
}
