import type { Inventory } from '../ces-run.ts'
import { KINDS, type Kind } from '../kinds.ts'
import { isMeasured } from '../load/settle.ts'
import type { CesSession } from '../session.ts'
import { sliceListBytes } from '../simulator/slice-size.ts'
import { type ListCost, measureList } from './list-cost.ts'

/** A generous guess, so that a list that may not fit is read in pages. */
const BYTES_PER_OBJECT: Readonly<Record<Kind, number>> = { cep: 2500, ces: 25_000 }

/** Counts and lists everything that there is of both kinds now. */
export async function takeInventory(session: CesSession): Promise<Inventory> {
  const { client, plan, observation, signal } = session
  const { readable, resources, rules } = plan.detection
  const lists: Partial<Record<Kind, ListCost>> = {}
  const objects: Partial<Record<Kind, number>> = {}
  for (const kind of KINDS) {
    const resource = resources[kind]
    if (resource === undefined || !readable.has(kind)) continue
    objects[kind] = observation.count(kind)
    const perObject = kind === 'cep' ? BYTES_PER_OBJECT.cep : Math.max(BYTES_PER_OBJECT.ces, rules.sliceSize * 250)
    lists[kind] = await measureList(client, resource, observation.count(kind) * perObject, signal)
  }
  observation.simulator.advance(performance.now())
  const written = observation.simulator.written()
  const isOurs = isMeasured(plan)
  return {
    objects,
    lists,
    fill: observation.tracker.slices().map(({ contents }) => contents.size),
    simulated: {
      objects: written.length,
      listBytes: sliceListBytes(written),
      fill: written.filter(({ namespace }) => isOurs(namespace)).map(({ endpoints }) => endpoints),
    },
  }
}
