import type { AgentReading } from '../../../record/cilium-figures.ts'
import { counted } from '../../../record/counted.ts'
import type { Finding } from '../../../record/run-record.ts'
import { effectOfFull, usageWords } from '../advice/words.ts'
import { isFailedUpdate, type MapOfNode, mapsByName } from '../cluster/across-nodes.ts'

/** What each map is, across the nodes: full, nearly full, refusing entries, of another size than configured, in doubt. */
export function mapFindings(agents: readonly AgentReading[]): Finding[] {
  const maps = [...mapsByName(agents).values()]
  return [
    ...maps.flatMap(fullness),
    ...maps.flatMap(refusing),
    ...inDoubt(maps),
    ...notInForce(maps),
    ...notReported(maps),
  ]
}

function fullness(maps: readonly MapOfNode[]): Finding[] {
  const full = maps.filter(({ state }) => state === 'full')
  const high = maps.filter(({ state }) => state === 'high')
  const [worst] = full.length > 0 ? full : high
  if (worst === undefined) return []
  const { map, whenFull, kind } = worst.map
  const some = full.length > 0 ? full : high
  const where = `${placeWords(some, maps)}: ${usageWords(worst)}`
  const objects = some.map(({ agent }) => agent.agent.node)
  if (full.length === 0) {
    return [{ severity: 'warning', code: 'MapNearlyFull', message: `${map} is nearly full${where}`, objects }]
  }
  if (whenFull === 'evicts') {
    return [
      {
        severity: 'warning',
        code: 'MapEvicts',
        message: `${map} is as full as it gets${where}: ${effectOfFull(kind)}`,
        objects,
      },
    ]
  }
  const severity = whenFull === 'fails' ? 'error' : 'warning'
  const refused = count(failures(full))
  const updates = refused > 0 ? `, ${counted(refused, 'update')} failed` : ''
  return [{ severity, code: 'MapFull', message: `${map} is full${where}${updates}: ${effectOfFull(kind)}`, objects }]
}

/** Of a cluster with one node that says nothing. */
function placeWords(some: readonly MapOfNode[], all: readonly MapOfNode[]): string {
  return all.length === 1 ? '' : ` on ${some.length} of ${counted(all.length, 'node')}`
}

/** Updates that fail though there is room; since when is known only between two reads. */
function refusing(maps: readonly MapOfNode[]): Finding[] {
  const failing = maps.filter(({ state, map }) => state !== 'full' && count(failures([{ map }])) > 0)
  const [first] = failing
  if (first === undefined) return []
  const rate = failures(failing).reduce((sum, { perSecond = 0 }) => sum + perSecond, 0)
  const total = count(failures(failing))
  const now = rate > 0 ? `, ${rate.toFixed(1)} a second now` : ''
  return [
    {
      severity: rate > 0 ? 'warning' : 'info',
      code: 'MapUpdatesFailed',
      message: `${counted(total, 'update')} of ${first.map.map} failed since the agents started${now}, though it is not full`,
      objects: failing.map(({ agent }) => agent.agent.node),
    },
  ]
}

function inDoubt(all: readonly (readonly MapOfNode[])[]): Finding[] {
  const doubted = all.flat().filter(({ map }) => map.doubt !== undefined && map.basis === 'pressure')
  const byDoubt = Map.groupBy(doubted, ({ map }) => map.doubt ?? '')
  return [...byDoubt].map(([doubt, maps]) => ({
    severity: 'info',
    code: 'PressureInDoubt',
    message: `${[...new Set(maps.map(({ map }) => map.map))].join(', ')}: ${doubt}`,
    advice: '--deep counts the entries in the kernel',
    objects: [...new Set(maps.map(({ agent }) => agent.agent.node))],
  }))
}

/** Configurations that were changed after the agent started, by the setting. */
function notInForce(all: readonly (readonly MapOfNode[])[]): Finding[] {
  const changed = all.flat().filter(({ map }) => map.configured?.note?.includes('takes it when it restarts') === true)
  const byFlag = Map.groupBy(changed, ({ map }) => map.configured?.flag ?? map.map)
  return [...byFlag].map(([flag, maps]) => {
    const [first] = maps
    const nodes = new Set(maps.map(({ agent }) => agent.agent.node))
    return {
      severity: 'warning',
      code: 'SizeNotInForce',
      message: `${flag}: agents of ${counted(nodes.size, 'node')} have ${first?.map.capacity} entries in ${first?.map.map}; ${first?.map.configured?.note}`,
      objects: [...nodes],
    }
  })
}

function notReported(all: readonly (readonly MapOfNode[])[]): Finding[] {
  const silent = all.filter((maps) => maps.every(({ map }) => map.basis === 'none'))
  if (silent.length === 0) return []
  const names = silent.flatMap(([first]) => first?.map.map ?? [])
  return [
    {
      severity: 'info',
      code: 'MapsNotReported',
      message: `Cilium does not tell how full these maps are: ${names.join(', ')}`,
      advice: '--deep counts their entries in the kernel',
      count: names.length,
    },
  ]
}

function failures(maps: readonly Pick<MapOfNode, 'map'>[]) {
  return maps.flatMap(({ map }) => map.operations.filter(isFailedUpdate))
}

function count(operations: readonly { readonly count: number }[]): number {
  return operations.reduce((sum, each) => sum + each.count, 0)
}
