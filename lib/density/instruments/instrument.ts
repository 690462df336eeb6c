import type { DensitySession } from '../session.ts'
import type { Reading } from './reading.ts'

/** Something that measures beside the watch of the pods while the load runs. */
export interface Instrument {
  /** The load is done and its objects are still there. Throws only for bugs: what cannot be read is a finding. */
  read(): Promise<Reading>
  /** Ends whatever is still going on; also called when the load failed and nobody will read. */
  stop(): Promise<void>
}

/** Starts before the first object of the load is created. Throws only what should end the run. */
export type StartInstrument = (session: DensitySession) => Promise<Instrument>
