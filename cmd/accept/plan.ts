import type { Suite, SuiteItem } from '../../lib/acceptance/suite/read-suite.ts'
import type { Permission } from '../../lib/kube/preflight.ts'
import { counted } from '../../lib/record/counted.ts'
import { isUsableNode, type NodeObject, toleratesTaints } from '../../lib/workload/nodes/node-objects.ts'
import type { Context } from '../command.ts'
import { itemKinds } from './items/item-kinds.ts'
import type { AcceptOptions } from './options.ts'
import { readParameters } from './read-parameters.ts'
import type { Ask, Outlook, Surroundings, Work } from './work.ts'

/** Items that are measured at once, and how. */
export interface Task {
  readonly items: readonly SuiteItem[]
  readonly work: Work
}

/** The same with what is known of it before it begins. */
export interface PlannedTask extends Task {
  readonly outlook: Outlook
}

/**
 * What a suite comes to: the lightest first, and together what can be measured by the same pods.
 * @throws UsageError `file:line: what` for parameters that are wrong
 */
export function tasksOf(suite: Suite, options: AcceptOptions, context: Context): readonly Task[] {
  const groups = new Map<string, Ask[]>()
  for (const [index, item] of suite.items.entries()) {
    const kind = itemKinds[item.command]
    const ask = readParameters(item, kind, options, context)
    const key = kind.sharingKey(ask.values, context)
    // Together only with items that apply where this one does.
    const group = key === undefined ? `alone ${index}` : `${item.command} ${item.leastNodes ?? 0} ${key}`
    groups.set(group, [...(groups.get(group) ?? []), ask])
  }
  const tasks = [...groups.values()].flatMap((asks) => {
    const [first] = asks
    if (first === undefined) return []
    return [{ items: asks.map(({ item }) => item), work: itemKinds[first.item.command].workFor(asks, context) }]
  })
  return tasks.toSorted((a, b) => a.work.weight - b.work.weight)
}

/** What is known of a task before it begins. */
export async function outlookOf({ items, work }: Task, surroundings: Surroundings): Promise<Outlook> {
  const outlook = await work.look(surroundings)
  const leastNodes = Math.max(0, ...items.map((item) => item.leastNodes ?? 0))
  const impossible = tooFewNodes(surroundings.nodes, leastNodes) ?? outlook.impossible
  // Where the number of nodes decides, they have to be seen.
  const permissions: readonly Permission[] =
    leastNodes > 0 ? [...outlook.permissions, { verb: 'list', resource: 'nodes' }] : outlook.permissions
  return { ...outlook, permissions, ...(impossible === undefined ? {} : { impossible }) }
}

function tooFewNodes(nodes: readonly NodeObject[] | undefined, least: number): string | undefined {
  if (nodes === undefined || least === 0) return undefined
  const usable = nodes.filter((node) => isUsableNode(node) && toleratesTaints(node, [])).length
  if (usable >= least) return undefined
  const verb = usable === 1 ? 'takes' : 'take'
  return `${counted(usable, 'node')} ${verb} pods, and the item asks for ${least}`
}

/** Of all tasks, each once. */
export function allPermissions(tasks: readonly PlannedTask[]): readonly Permission[] {
  const all = tasks.flatMap(({ outlook }) => outlook.permissions)
  return [...new Map(all.map((permission) => [permissionKey(permission), permission])).values()]
}

export function permissionKey({
  verb,
  group = '',
  resource,
  subresource = '',
  namespace = '',
  name = '',
}: Permission): string {
  return [verb, group, resource, subresource, namespace, name].join(' ')
}

/** The longest that a task may take: its own time, and that of the clean-up. */
export function timeoutOf({ items }: Task): number {
  return Math.max(...items.map(({ timeoutMs }) => timeoutMs))
}

export function secondsOf(tasks: readonly PlannedTask[]): number {
  return tasks.reduce((sum, { outlook }) => sum + outlook.seconds, 0)
}
