import { type ControlPlaneOptions, controlPlaneOptions, SCRAPED_WINDOW_MS } from '../../control-plane/options.ts'
import { measureControlPlane } from '../../control-plane/run.ts'
import { type ItemKind, WEIGHT } from '../work.ts'
import { itemOptions } from './item-options.ts'
import { measuredOf } from './measured.ts'

/** Of the scrapes before and after. */
const SCRAPE_SECONDS = 1

const { top: _, 'by-server': __, ...figures } = itemOptions(controlPlaneOptions)

export const controlPlaneItem: ItemKind = {
  options: figures,
  sharingKey: () => undefined,
  workFor([ask]) {
    const options = ask?.values as ControlPlaneOptions
    return {
      weight: WEIGHT.reads,
      // What may not be scraped is told by the measuring: an API server may allow /metrics and not say so.
      look: async () => ({
        permissions: [],
        seconds: (options.window ?? SCRAPED_WINDOW_MS) / 1000 + SCRAPE_SECONDS,
        objects: [],
      }),
      measure: async (session) => [measuredOf(await measureControlPlane(options, session))],
    }
  },
}
