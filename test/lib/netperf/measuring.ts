import { connect } from '../../../lib/kube/client.ts'
import type { Engine } from '../../../lib/netperf/engines/engine.ts'
import { engineImages } from '../../../lib/netperf/engines/engine-images.ts'
import { engines } from '../../../lib/netperf/engines/engines.ts'
import type { NetperfPlan } from '../../../lib/netperf/netperf-plan.ts'
import type { NetperfHost, NetperfProgress, NetperfRun, PairSample } from '../../../lib/netperf/netperf-run.ts'
import { runNetperf } from '../../../lib/netperf/run-netperf.ts'
import type { EngineName, TestCase } from '../../../lib/netperf/test-case.ts'
import { newRunId } from '../../../lib/run/ownership.ts'
import { ownNamespaces } from '../../../lib/run/run-scope.ts'
import { netperfPlan } from './plans.ts'
import { testCase } from './test-case-example.ts'

type Parts = NonNullable<Parameters<typeof netperfPlan>[0]>

export const realEngines: ReadonlyMap<EngineName, Engine> = new Map(
  Object.values(engines).map((engine) => [engine.name, engine] as const),
)

const images = new Map(
  Object.entries(engineImages).map(([engine, { image }]) => [engine as EngineName, image] as const),
)

/** A plan with the true engines and their images, one second of traffic for each sample. */
export function fullSpeedPlan({ pods, ...parts }: Parts = {}): NetperfPlan {
  return netperfPlan({
    scope: ownNamespaces(newRunId(), 1),
    engines: realEngines,
    pods: { images, cpuRequest: '10m', ...pods },
    ...parts,
  })
}

const CALM_BITS_PER_SECOND = 200e6

/** The same, but TCP leaves some CPU for other tests that run meanwhile. */
export function realPlan({ tests = [testCase()], ...parts }: Parts = {}): NetperfPlan {
  return fullSpeedPlan({ ...parts, tests: tests.map(calm) })
}

function calm(test: TestCase): TestCase {
  const takesAll = test.protocol === 'tcp' && test.mode === 'stream' && test.bitsPerSecond === undefined
  return takesAll ? { ...test, bitsPerSecond: CALM_BITS_PER_SECOND } : test
}

export interface Measured extends NetperfRun {
  progress: NetperfProgress[]
}

/** Runs a plan against the cluster of a kubeconfig. */
export async function measure(
  kubeconfig: string,
  plan: NetperfPlan,
  host: Partial<NetperfHost> = {},
): Promise<Measured> {
  const environment = { variables: { KUBECONFIG: kubeconfig }, homeDirectory: '/nonexistent', workingDirectory: '/' }
  const client = await connect({}, environment)
  const progress: NetperfProgress[] = []
  try {
    const run = await runNetperf(client, plan, {
      signal: new AbortController().signal,
      onSample: () => {},
      ...host,
      onProgress(state) {
        progress.push(state)
        host.onProgress?.(state)
      },
    })
    return { ...run, progress }
  } finally {
    await client[Symbol.asyncDispose]()
  }
}

/** `TEST/SAMPLE/PAIR measured`, or with its fault, in this order. */
export function outcomes(samples: readonly PairSample[]): string[] {
  return samples
    .map(({ test, sample, pair, result }) => {
      const what = result.kind === 'measured' ? 'measured' : `${result.fault.code}: ${result.fault.message}`
      return `${test}/${sample}/${pair} ${what}`
    })
    .toSorted((a, b) => a.localeCompare(b))
}
