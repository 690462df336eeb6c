import { parseQuantity } from '../../record/quantity.ts'

/** CPU and memory as the scheduler reckons: whole millicores and whole bytes. */
export interface ResourceTotals {
  cpuMillis: number
  memoryBytes: number
}

type Quantities = Readonly<Record<string, string>>

interface RequestingContainer {
  name: string
  restartPolicy?: string
  resources?: { requests?: Quantities }
}

interface RunningContainer {
  name: string
  resources?: { requests?: Quantities }
  allocatedResources?: Quantities
}

/** What of a pod decides how much of a node it takes. */
export interface RequestingPod {
  spec?: {
    containers?: readonly RequestingContainer[]
    initContainers?: readonly RequestingContainer[]
    overhead?: Quantities
    /** Of the pod as a whole (pod-level resources). */
    resources?: { requests?: Quantities }
  }
  status?: {
    conditions?: readonly { type: string; status: string; reason?: string }[]
    containerStatuses?: readonly RunningContainer[]
    initContainerStatuses?: readonly RunningContainer[]
  }
}

/** Reads quantities; most pods of a cluster have the same few, so each text is parsed once. */
export interface QuantityReader {
  cpuMillis(quantity: string | undefined): number
  memoryBytes(quantity: string | undefined): number
}

/** A reader with a memory of its own; no quantity counts as 0, as in the scheduler. */
export function createQuantityReader(): QuantityReader {
  const remember = (read: (text: string) => number) => {
    const known = new Map<string, number>()
    return (text: string | undefined) => {
      if (text === undefined) return 0
      const value = known.get(text) ?? read(text)
      known.set(text, value)
      return value
    }
  }
  return {
    // As Quantity.MilliValue and Value: rounded up, after the error of binary fractions is gone.
    cpuMillis: remember((text) => Math.ceil(Number((parseQuantity(text) * 1000).toFixed(6)))),
    memoryBytes: remember((text) => Math.ceil(Number(parseQuantity(text).toFixed(3)))),
  }
}

/**
 * What a pod takes of its node, by the scheduler's rule: the sum of its containers and sidecars, or what its init
 * containers need at most one after the other, and the overhead of its runtime class. A pod that is being resized counts
 * with the largest of what it asks for, was given and has. Source: PodRequests in k8s.io/component-helpers/resource, 1.34.
 */
export function podRequests(pod: RequestingPod, read: QuantityReader): ResourceTotals {
  const { containers = [], initContainers = [], overhead, resources } = pod.spec ?? {}
  const totals = (quantities: Quantities | undefined): ResourceTotals => ({
    cpuMillis: read.cpuMillis(quantities?.cpu),
    memoryBytes: read.memoryBytes(quantities?.memory),
  })
  const requestsOf = (container: RequestingContainer): ResourceTotals => {
    const asked = totals(container.resources?.requests)
    const running = statusOf(pod, container.name)
    if (running?.resources === undefined) return asked
    const has = larger(totals(running.resources.requests), totals(running.allocatedResources))
    return isResizeInfeasible(pod) ? has : larger(asked, has)
  }
  let sum = containers.map(requestsOf).reduce(add, NOTHING)
  let sidecars = NOTHING
  let starting = NOTHING
  for (const container of initContainers) {
    if (container.restartPolicy === 'Always') {
      const requests = requestsOf(container)
      sum = add(sum, requests)
      sidecars = add(sidecars, requests)
      starting = larger(starting, sidecars)
    } else starting = larger(starting, add(totals(container.resources?.requests), sidecars))
  }
  const own = larger(sum, starting)
  const ofPod = resources?.requests
  const whole = {
    cpuMillis: ofPod?.cpu === undefined ? own.cpuMillis : read.cpuMillis(ofPod.cpu),
    memoryBytes: ofPod?.memory === undefined ? own.memoryBytes : read.memoryBytes(ofPod.memory),
  }
  return overhead === undefined ? whole : add(whole, totals(overhead))
}

const NOTHING: ResourceTotals = { cpuMillis: 0, memoryBytes: 0 }

function add(a: ResourceTotals, b: ResourceTotals): ResourceTotals {
  return { cpuMillis: a.cpuMillis + b.cpuMillis, memoryBytes: a.memoryBytes + b.memoryBytes }
}

function larger(a: ResourceTotals, b: ResourceTotals): ResourceTotals {
  return { cpuMillis: Math.max(a.cpuMillis, b.cpuMillis), memoryBytes: Math.max(a.memoryBytes, b.memoryBytes) }
}

function statusOf({ status }: RequestingPod, name: string): RunningContainer | undefined {
  const isIt = (container: RunningContainer) => container.name === name
  return status?.containerStatuses?.find(isIt) ?? status?.initContainerStatuses?.find(isIt)
}

function isResizeInfeasible({ status }: RequestingPod): boolean {
  return status?.conditions?.some(({ type, reason }) => type === 'PodResizePending' && reason === 'Infeasible') === true
}
