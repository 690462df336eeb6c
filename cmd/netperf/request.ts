import { UsageError } from '../../lib/errors/perf-error.ts'
import { engineImages } from '../../lib/netperf/engines/engine-images.ts'
import { defaultEngine, engines } from '../../lib/netperf/engines/engines.ts'
import { type MatrixRequest, testMatrix } from '../../lib/netperf/matrix/test-matrix.ts'
import type { NetperfPlan, NetperfPods } from '../../lib/netperf/netperf-plan.ts'
import type { EngineName, IpFamily, Mode, TestCase } from '../../lib/netperf/test-case.ts'
import { existingNamespace, ownNamespaces, type RunScope } from '../../lib/run/run-scope.ts'
import { checkImageReference, rewriteRegistry } from '../../lib/workload/images/image-reference.ts'
import { parseNodeSelector, parseToleration } from '../pod-placement.ts'
import { checkOptions } from './check-options.ts'
import { checkRates } from './check-rates.ts'
import { parseBitRate, parseRatio } from './option-syntax.ts'
import type { NetperfOptions } from './options.ts'

/** A short --timeout is meant for pods that do not get ready: clean-up gets what a namespace takes to go. */
const LEAST_CLEAN_UP_MS = 30_000

/** What the options ask for, checked; all that can be known without a cluster. */
export interface NetperfRequest {
  /** @param defaultNamespace the one of the kubeconfig's context */
  scope: (runId: string, defaultNamespace: string) => RunScope
  /** Undefined: the first one of the cluster's nodes. */
  ipFamilies: readonly IpFamily[] | undefined
  /** What linkBitsPerSecond the user says. */
  linkBitsPerSecond: number | undefined
  planFor: (ipFamilies: readonly IpFamily[]) => Omit<NetperfPlan, 'scope' | 'cleanUpCommand'>
}

/** @throws UsageError when options contradict each other, no engine can do a test, a rate sends nothing, or an image has no valid name */
export function netperfRequest(options: NetperfOptions): NetperfRequest {
  checkOptions(options)
  const { linkSpeed, noCreateNamespace, namespace } = options
  if (!noCreateNamespace && namespace !== undefined) {
    throw new UsageError(
      `netperf makes a namespace of its own, so --namespace ${namespace} needs --no-create-namespace`,
    )
  }
  const request: NetperfRequest = {
    scope: (runId, defaultNamespace) =>
      noCreateNamespace ? existingNamespace(runId, namespace ?? defaultNamespace) : ownNamespaces(runId, 1),
    ipFamilies: options.ipFamily === undefined ? undefined : IP_FAMILIES[options.ipFamily],
    linkBitsPerSecond: linkSpeed === undefined ? undefined : checked(parseBitRate(linkSpeed)),
    planFor: (ipFamilies) => planOf(options, testMatrix(matrixOf(options, ipFamilies), { engines, defaultEngine })),
  }
  // Whatever the family, a test that no engine can do is said before anything is connected.
  checkRates(request.planFor(request.ipFamilies ?? [4]), options.bandwidth)
  return request
}

function planOf(options: NetperfOptions, tests: readonly TestCase[]): ReturnType<NetperfRequest['planFor']> {
  const names = [...new Set(tests.map(({ engine }) => engine))]
  return {
    tests,
    isEngineNamed: options.engine.length > 0,
    engines: new Map(names.map((name) => [name, engines[name]])),
    samples: options.samples,
    timing: { durationSeconds: options.duration / 1000, warmupSeconds: options.warmup / 1000 },
    pods: podsOf(options, names),
    arrangement: options.mesh ? { kind: 'mesh' } : { kind: 'ratio', ...checked(parseRatio(options.ratio)) },
    timeoutMs: options.timeout,
    cleanUpTimeoutMs: Math.max(options.timeout, LEAST_CLEAN_UP_MS),
    keep: options.keep,
    command: commandLineOf(options),
  }
}

function podsOf(options: NetperfOptions, names: readonly EngineName[]): NetperfPods {
  const { image, imageRegistry, imagePullSecret, clientNode, serverNode } = options
  const imageOf = (engine: EngineName) => {
    const named = image ?? engineImages[engine].image
    checkImageReference(named)
    const rewritten = imageRegistry === undefined ? named : rewriteRegistry(named, imageRegistry)
    checkImageReference(rewritten)
    return rewritten
  }
  return {
    images: new Map(names.map((name) => [name, imageOf(name)])),
    ...(imagePullSecret === undefined ? {} : { imagePullSecret }),
    tolerations: options.toleration.map(parseToleration),
    nodeSelector: parseNodeSelector(options.nodeSelector),
    ...(clientNode === undefined ? {} : { clientNode }),
    ...(serverNode === undefined ? {} : { serverNode }),
    cpuRequest: options.cpuRequest,
  }
}

function matrixOf(options: NetperfOptions, ipFamilies: readonly IpFamily[]): MatrixRequest {
  const { requestsPerSecond } = options
  return {
    protocols: options.protocol,
    modes: modesOf(options),
    paths: options.path,
    placements: options.mesh ? ['mesh'] : options.placement,
    direction: options.bidirectional ? 'bidirectional' : options.reverse ? 'reverse' : 'forward',
    ipFamilies,
    streams: options.streams,
    mssBytes: options.mss,
    messageBytes: options.messageSize,
    bitsPerSecond: options.bandwidth.map((rate) => (rate === 'max' ? rate : checked(parseBitRate(rate)))),
    connections: options.connections,
    ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
    engines: options.engine,
    hostBaseline: options.hostBaseline,
  }
}

function modesOf({ rr, crr }: NetperfOptions): Mode[] {
  if (!rr && !crr) return ['stream']
  return [...(rr ? (['rr'] as const) : []), ...(crr ? (['crr'] as const) : [])]
}

const IP_FAMILIES: Readonly<Record<string, readonly IpFamily[]>> = { 4: [4], 6: [6], dual: [4, 6] }

/** What tells a person who finds the objects where they come from. */
function commandLineOf({ protocol, ratio, mesh }: NetperfOptions): string {
  return `kubectl perf netperf --protocol ${protocol.join(',')} ${mesh ? '--mesh' : `--ratio ${ratio}`}`
}

/** The options' own checks have seen the text. */
function checked<T extends object | number>(parsed: T | string): T {
  if (typeof parsed === 'string') throw new UsageError(parsed)
  return parsed
}
