import { mapName } from '../../../lib/cilium/maps/catalogue/map-name.ts'
import { PerfError } from '../../../lib/errors/perf-error.ts'
import type { AgentReading } from '../../../lib/record/cilium-figures.ts'

/** Of maps by their name, as Cilium pins them and without the prefix and version; without an expression all of them. */
export function mapFilter(expression: string | undefined): (name: string) => boolean {
  if (expression === undefined) return () => true
  const regex = new RegExp(expression)
  return (name) => regex.test(name) || regex.test(mapName(name))
}

/** @throws PerfError where an expression fits none of the maps that there are */
export function requireMatch(expression: string | undefined, readings: readonly AgentReading[]): void {
  const names = [...new Set(readings.flatMap(({ maps }) => maps.map(({ map }) => map)))].sort()
  if (expression === undefined || names.length === 0 || names.some(mapFilter(expression))) return
  throw new PerfError(`no map matches "${expression}"`, { advice: [`there are: ${names.join(', ')}`] })
}
