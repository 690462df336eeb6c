import type { Engine } from '../../../lib/netperf/engines/engine.ts'
import type { NetperfPlan } from '../../../lib/netperf/netperf-plan.ts'
import type { EngineName } from '../../../lib/netperf/test-case.ts'
import { ownNamespaces } from '../../../lib/run/run-scope.ts'
import { testCase } from './test-case-example.ts'

/** An engine that is asked for its commands only. */
export function fakeEngine(name: EngineName, parts: Partial<Engine> = {}): Engine {
  return {
    name,
    hasShell: true,
    isServerShared: false,
    refuses: () => undefined,
    serverCommand: (port) => [name, 'serve', String(port)],
    passes: () => ['measure'],
    clientCommand: ({ target }) => [name, target.address, String(target.port)],
    read: () => ({ tool: name, flows: [] }),
    ...parts,
  }
}

export const fakeEngines: ReadonlyMap<EngineName, Engine> = new Map([
  ['iperf3', fakeEngine('iperf3')],
  ['iperf2', fakeEngine('iperf2', { isServerShared: true })],
  ['netperf', fakeEngine('netperf')],
  ['fortio', fakeEngine('fortio', { hasShell: false, isServerShared: true })],
])

type PlanParts = Omit<Partial<NetperfPlan>, 'pods'> & { pods?: Partial<NetperfPlan['pods']> }

export function netperfPlan({ pods, ...parts }: PlanParts = {}): NetperfPlan {
  return {
    scope: ownNamespaces('abc234', 1),
    tests: [testCase()],
    isEngineNamed: false,
    engines: fakeEngines,
    samples: 1,
    timing: { durationSeconds: 1, warmupSeconds: 0 },
    pods: {
      images: new Map([
        ['iperf3', 'tools:1'],
        ['netperf', 'tools:1'],
        ['iperf2', 'more:1'],
        ['fortio', 'fortio:1'],
      ]),
      tolerations: [],
      nodeSelector: {},
      cpuRequest: '100m',
      ...pods,
    },
    arrangement: { kind: 'ratio', clients: 1, servers: 1 },
    timeoutMs: 180_000,
    cleanUpTimeoutMs: 60_000,
    keep: false,
    command: 'kubectl perf netperf',
    cleanUpCommand: 'kubectl perf cleanup --run abc234',
    ...parts,
  }
}
