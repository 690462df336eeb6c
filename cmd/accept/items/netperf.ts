import { PerfError } from '../../../lib/errors/perf-error.ts'
import { partOfRun } from '../../../lib/netperf/assessment/part-of-run.ts'
import type { Engine } from '../../../lib/netperf/engines/engine.ts'
import { firstIpFamily } from '../../../lib/netperf/facts/first-ip-family.ts'
import type { NetperfPlan } from '../../../lib/netperf/netperf-plan.ts'
import { needsServices, netperfPermissions } from '../../../lib/netperf/permissions.ts'
import { checkPlacements, usableNodes } from '../../../lib/netperf/pods/usable-nodes.ts'
import type { EngineName, IpFamily, TestCase } from '../../../lib/netperf/test-case.ts'
import { counted } from '../../../lib/record/counted.ts'
import type { Context } from '../../command.ts'
import { concernOf, estimateRun } from '../../netperf/estimate.ts'
import { netperfMeasurement, sendTraffic } from '../../netperf/measure-netperf.ts'
import { type NetperfOptions, netperfOptions } from '../../netperf/options.ts'
import { type NetperfRequest, netperfRequest } from '../../netperf/request.ts'
import { type Ask, type ItemKind, type Outlook, type Surroundings, WEIGHT, type Work } from '../work.ts'
import { itemOptions } from './item-options.ts'
import { measuredOf } from './measured.ts'

type Plan = ReturnType<NetperfRequest['planFor']>

/** Pods ready, the facts of their paths, and all gone again; more for each pod, and for each sample. */
const SETUP_SECONDS = 9
const SECONDS_PER_POD = 0.6
const SECONDS_PER_SAMPLE = 0.7

export const netperfItem: ItemKind = {
  options: itemOptions(netperfOptions),
  sharingKey(values) {
    const options = values as NetperfOptions
    const request = netperfRequest(options)
    const { tests: _, engines: __, command: ___, pods, ...common } = request.planFor(request.ipFamilies ?? [4])
    const { images: ____, ...placed } = pods
    return JSON.stringify([common, placed, request.ipFamilies, request.linkBitsPerSecond, options.image])
  },
  workFor: (asks, context) => netperfWork(asks, context),
}

function netperfWork(asks: readonly Ask[], context: Context): Work {
  const requests = asks.map(({ values }) => netperfRequest(values as NetperfOptions))
  const request = mergeRequests(requests)
  return {
    weight: WEIGHT.traffic + pairsOf(request.planFor([4])) / 10_000,
    look: (surroundings) => look(request, surroundings),
    async measure(session) {
      const result = await sendTraffic(request, { yes: true }, session, context)
      const families = [...new Set(result.run.tests.map(({ ipFamily }) => ipFamily))]
      const merged = request.planFor(families).tests
      return requests.map((own) => {
        const indices = own.planFor(families).tests.map((test) => indexOf(merged, test))
        return measuredOf(netperfMeasurement({ ...result, run: partOfRun(result.run, indices) }, session))
      })
    },
  }
}

/** All tests of all of them, each once, between the same pods. */
function mergeRequests(requests: readonly NetperfRequest[]): NetperfRequest {
  const [first] = requests
  if (first === undefined) throw new RangeError('no item')
  return { ...first, planFor: (families) => mergePlans(requests.map((request) => request.planFor(families))) }
}

function mergePlans(plans: readonly Plan[]): Plan {
  const [first] = plans
  if (first === undefined) throw new RangeError('no item')
  const tests: TestCase[] = []
  for (const test of plans.flatMap((plan) => plan.tests)) if (indexOf(tests, test) === -1) tests.push(test)
  return {
    ...first,
    tests,
    engines: new Map<EngineName, Engine>(plans.flatMap(({ engines }) => [...engines])),
    pods: { ...first.pods, images: new Map(plans.flatMap(({ pods }) => [...pods.images])) },
    command: 'kubectl perf accept',
  }
}

function indexOf(tests: readonly TestCase[], test: TestCase): number {
  const key = JSON.stringify(test)
  return tests.findIndex((other) => JSON.stringify(other) === key)
}

async function look(request: NetperfRequest, { nodes, scope }: Surroundings): Promise<Outlook> {
  const families: readonly IpFamily[] = request.ipFamilies ?? [
    firstIpFamily(nodes === undefined ? undefined : [...nodes]),
  ]
  const plan = request.planFor(families)
  const usable = nodes === undefined ? undefined : usableNodes(nodes, plan).length
  const estimate = estimateRun(plan, usable)
  const pods = podsOf(plan, usable)
  const concern = concernOf(estimate)
  const impossible = whyImpossible(nodes, plan)
  const samples = plan.samples * plan.tests.length
  return {
    permissions: netperfPermissions({ ...plan, scope }),
    seconds: SETUP_SECONDS + pods * SECONDS_PER_POD + samples * SECONDS_PER_SAMPLE + estimate.trafficSeconds,
    objects: ['1 namespace', counted(pods, 'pod'), ...(needsServices(plan) ? ['Services'] : [])],
    ...(concern === undefined ? {} : { concern }),
    ...(impossible === undefined ? {} : { impossible }),
  }
}

function whyImpossible(nodes: Surroundings['nodes'], plan: Plan): string | undefined {
  if (nodes === undefined) return undefined
  try {
    checkPlacements(nodes, plan)
    return undefined
  } catch (error) {
    if (error instanceof PerfError) return error.message
    throw error
  }
}

function pairsOf({ arrangement }: Pick<NetperfPlan, 'arrangement'>): number {
  return arrangement.kind === 'mesh' ? 2 : Math.max(arrangement.clients, arrangement.servers)
}

function podsOf({ arrangement }: Pick<NetperfPlan, 'arrangement'>, nodes: number | undefined): number {
  return arrangement.kind === 'mesh' ? Math.max(2, nodes ?? 2) : arrangement.clients + arrangement.servers
}
