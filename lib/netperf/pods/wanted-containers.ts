import type { NetperfPlan } from '../netperf-plan.ts'
import type { ServerProcess } from '../pair.ts'
import type { EngineName } from '../test-case.ts'
import { createPortAllocator, type PortAllocator } from './port-allocator.ts'
import type { Group } from './test-groups.ts'
import type { WantedContainer } from './wanted-pod.ts'

export interface ContainerContext {
  readonly plan: Pick<NetperfPlan, 'engines' | 'pods'>
  readonly group: Group
  /** Pods on the host network share the ports of their node, so the whole run shares these. */
  readonly hostPorts: PortAllocator
}

/** The containers of a server's pod; the processes that serve each of its pairs are put into `processesOf`. */
export function serverContainers(
  { plan, group, hostPorts }: ContainerContext,
  pairs: readonly { index: number }[],
  processesOf: Map<number, ServerProcess[]>,
): WantedContainer[] {
  const ports = group.hostNetwork ? hostPorts : createPortAllocator()
  const processes: ServerProcess[] = []
  for (const { engine, ipFamily } of group.services) {
    const { hasShell, isServerShared } = plan.engines.get(engine) ?? {}
    // Without a shell the container runs one process, which serves both families.
    let process = hasShell === false ? processes.find((started) => started.engine === engine) : undefined
    for (const { index } of pairs) {
      if (process === undefined || isServerShared !== true) {
        process = { engine, ipFamily, port: ports.next() }
        processes.push(process)
      }
      processesOf.set(index, [...(processesOf.get(index) ?? []), { ...process, ipFamily }])
    }
  }
  return containersByImage(plan, group).map((container) => ({
    ...container,
    processes: processes.filter(({ engine }) => container.engines.includes(engine)),
  }))
}

/** A container for each image; one whose image has no shell runs its tool from the start. */
export function clientContainers({ plan, group, hostPorts }: ContainerContext): WantedContainer[] {
  const ports = group.hostNetwork ? hostPorts : createPortAllocator()
  return containersByImage(plan, group).map((container) => {
    const [engine] = container.engines
    if (container.hasShell || engine === undefined) return { ...container, processes: [] }
    const ipFamily = group.services.find((service) => service.engine === engine)?.ipFamily ?? 4
    return { ...container, processes: [{ engine, ipFamily, port: ports.next() }] }
  })
}

function containersByImage(plan: ContainerContext['plan'], { services }: Group): Omit<WantedContainer, 'processes'>[] {
  const byImage = new Map<string, EngineName[]>()
  for (const engine of new Set(services.map((service) => service.engine))) {
    const image = plan.pods.images.get(engine) ?? ''
    byImage.set(image, [...(byImage.get(image) ?? []), engine])
  }
  return [...byImage].map(([image, engines]) => ({
    name: engines[0] ?? '',
    image,
    engines,
    hasShell: engines.some((engine) => plan.engines.get(engine)?.hasShell === true),
  }))
}
