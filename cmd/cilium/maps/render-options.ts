import type { RenderOptions } from '../../render-record.ts'

/** How the tables of the maps are shown. */
export interface MapsRenderOptions extends RenderOptions {
  readonly sort: 'pressure' | 'name' | 'node'
  readonly perNode: boolean
  /** For every map. */
  readonly advise: boolean
  readonly watch: boolean
  /** Milliseconds. */
  readonly interval: number
  /** What was printed before may be wiped. */
  readonly isTerminal: boolean
}
