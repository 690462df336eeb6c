import type { Finding } from '../../record/run-record.ts'
import type { MaxPodsResult } from './maxpods-result.ts'
import type { NodeReport } from './node-report.ts'

const MOST_OBJECTS = 100

/** What a person should know beside the figures. */
export function maxPodsFindings({ reports, allReports, verification }: MaxPodsResult): Finding[] {
  return [
    ...overcommitted(reports),
    ...withoutCapacity(reports),
    ...fewAddresses(reports),
    ...unapplied(reports),
    ...refused(allReports),
    ...requestsFirst(reports),
    ...(verification === undefined ? [] : verified(verification)),
  ]
}

function about(
  reports: readonly NodeReport[],
  finding: Pick<Finding, 'severity' | 'code' | 'message'> & { advice?: string },
): Finding[] {
  if (reports.length === 0) return []
  const objects = reports.slice(0, MOST_OBJECTS).map(({ node }) => `node/${node.name}`)
  return [{ ...finding, objects, count: reports.length }]
}

function names(reports: readonly NodeReport[]): string {
  const shown = reports.slice(0, 3).map(({ node }) => node.name)
  return `${shown.join(', ')}${reports.length > shown.length ? ` and ${reports.length - shown.length} more` : ''}`
}

function overcommitted(reports: readonly NodeReport[]): Finding[] {
  const over = reports.filter(({ free }) => free !== undefined && free < 0)
  return about(over, {
    severity: 'warning',
    code: 'MorePodsThanMaximum',
    message: `more pods run than the limit allows: ${names(over)}`,
    advice: 'a limit was lowered while they ran: pods that go there are not replaced there',
  })
}

function withoutCapacity(reports: readonly NodeReport[]): Finding[] {
  const silent = reports.filter(({ limitedBy }) => limitedBy === undefined)
  return about(silent, {
    severity: 'warning',
    code: 'NoPodCapacity',
    message: `no allocatable pods are reported, so the scheduler puts none there: ${names(silent)}`,
    advice: 'kubectl describe node shows what its kubelet reports',
  })
}

function fewAddresses(reports: readonly NodeReport[]): Finding[] {
  const few = reports.filter(
    ({ node, addresses }) => addresses?.limit !== undefined && addresses.limit.pods < (node.allocatable.pods ?? 0),
  )
  return about(few, {
    severity: 'warning',
    code: 'FewerAddressesThanPods',
    message: `fewer addresses than pods that the scheduler puts there, so that the last ones hang in ContainerCreating: ${names(few)}`,
    advice: 'lower maxPods of their kubelets, or give them larger blocks: --target N shows both',
  })
}

function unapplied(reports: readonly NodeReport[]): Finding[] {
  const differing = reports.filter(({ unappliedPods }) => unappliedPods !== undefined)
  return about(differing, {
    severity: 'warning',
    code: 'KubeletSettingNotInForce',
    message: `the kubelet's configuration and the node's capacity differ: ${differing
      .slice(0, 3)
      .map(({ node, unappliedPods }) => `${node.name} (${unappliedPods} and ${node.capacity.pods})`)
      .join(', ')}`,
    advice: 'it takes effect when the kubelet reports its status anew',
  })
}

function refused(reports: readonly NodeReport[]): Finding[] {
  const refusing = reports.filter(({ load }) => load.refused > 0)
  const pods = refusing.reduce((sum, { load }) => sum + load.refused, 0)
  return about(refusing, {
    severity: 'warning',
    code: 'OutOfPods',
    message: `kubelets have refused ${pods} pods as too many (OutOfpods), which bypassed the scheduler: ${names(refusing)}`,
  })
}

/** Fewer pods than this say little of what the next one will request. */
const ENOUGH_PODS = 5

/** Where pods like those that are there use up CPU or memory before they use up the pods that the node takes. */
function requestsFirst(reports: readonly NodeReport[]): Finding[] {
  const rooms = reports.flatMap((report) => {
    const { node, load, free = 0 } = report
    if (load.running < ENOUGH_PODS || free <= 0) return []
    const room = (free: number, used: number) =>
      used === 0 ? Number.POSITIVE_INFINITY : Math.floor(free / (used / load.running))
    const cpu = room(node.allocatable.cpuMillis - load.cpuMillis, load.cpuMillis)
    const memory = room(node.allocatable.memoryBytes - load.memoryBytes, load.memoryBytes)
    return Math.min(cpu, memory) < free
      ? [{ report, by: cpu <= memory ? 'CPU' : 'memory', pods: Math.min(cpu, memory) }]
      : []
  })
  const [first] = rooms
  if (first === undefined) return []
  const example = `${first.report.node.name} has room for ${Math.max(0, first.pods)} more by ${first.by}, and for ${first.report.free} by number`
  return about(
    rooms.map(({ report }) => report),
    {
      severity: 'info',
      code: 'RequestsFirst',
      message: `with pods that request what the present ones do on average, CPU or memory is used up before the number of pods is: ${example}`,
    },
  )
}

function verified({ node, maximum, running, proven, further }: NonNullable<MaxPodsResult['verification']>): Finding[] {
  if (proven) return []
  return [
    {
      severity: 'error',
      code: 'MaximumNotProven',
      message: `node ${node} ran ${running} pods and not ${maximum}${further === undefined ? '' : `; one more: ${further}`}`,
    },
  ]
}
