import { UsageError } from '../../errors/perf-error.ts'
import type { Engine } from '../engines/engine.ts'
import type { Direction, EngineName, IpFamily, Mode, NetworkPath, Protocol, TestCase } from '../test-case.ts'

/** What is asked for; each list multiplies the tests that it says something about. */
export interface MatrixRequest {
  readonly protocols: readonly Protocol[]
  /** Of TCP and UDP; HTTP and gRPC are requests anyway. */
  readonly modes: readonly Mode[]
  readonly paths: readonly NetworkPath[]
  readonly placements: readonly TestCase['placement'][]
  readonly direction: Direction
  readonly ipFamilies: readonly IpFamily[]
  readonly streams: readonly number[]
  /** Empty: what the path allows. */
  readonly mssBytes: readonly number[]
  /** Empty: what the engine does by itself. */
  readonly messageBytes: readonly number[]
  /** Empty: TCP as fast as possible, UDP at `UDP_BITS_PER_SECOND`. */
  readonly bitsPerSecond: readonly (number | 'max')[]
  readonly connections: readonly number[]
  readonly requestsPerSecond?: number
  /** Empty: the best that can do the test. */
  readonly engines: readonly EngineName[]
  readonly hostBaseline: boolean
}

/** What the matrix must know of the engines. */
export interface MatrixEngines {
  readonly engines: Readonly<Record<EngineName, Pick<Engine, 'refuses'>>>
  /** The engine for a test when nobody names one. */
  readonly defaultEngine: (test: Pick<TestCase, 'protocol' | 'mode'>) => EngineName
}

/** Of each pair. */
export const UDP_BITS_PER_SECOND = 100e6

type Draft = Omit<TestCase, 'engine'>

/**
 * All tests of a request, protocol by protocol; no two are the same, and a list multiplies only those that it means
 * something for: segment sizes make several tests of TCP, and one of UDP.
 * @throws UsageError naming a test that no engine can do, and why
 */
export function testMatrix(request: MatrixRequest, engines: MatrixEngines): TestCase[] {
  const tests = request.protocols
    .flatMap((protocol) => draftsOf(protocol, request))
    .flatMap((draft) => withBaseline(draft, request))
    .flatMap((draft) => withEngines(draft, request.engines, engines))
  return withoutDuplicates(tests)
}

function draftsOf(protocol: Protocol, request: MatrixRequest): Draft[] {
  const { paths, placements, ipFamilies } = request
  return shapesOf(protocol, request).flatMap((shape) =>
    paths.flatMap((path) =>
      placements.flatMap((placement) =>
        ipFamilies.map((ipFamily) => ({ protocol, path, placement, ipFamily, isBaseline: false, ...shape })),
      ),
    ),
  )
}

type Shape = Pick<
  Draft,
  'mode' | 'direction' | 'streams' | 'mssBytes' | 'messageBytes' | 'bitsPerSecond' | 'connections' | 'requestsPerSecond'
>

/** What the tests of a protocol look like, wherever they run. */
function shapesOf(protocol: Protocol, request: MatrixRequest): Shape[] {
  const { modes, direction, streams, mssBytes, messageBytes, connections, requestsPerSecond } = request
  const messages = optional('messageBytes', messageBytes)
  if (isRequests(protocol)) {
    const rate = requestsPerSecond === undefined ? {} : { requestsPerSecond }
    const single = { mode: 'stream', direction: 'forward', streams: 1, ...rate } as const
    return messages.flatMap((size) => connections.map((count) => ({ ...single, ...size, connections: count })))
  }
  return modes.flatMap((mode): Shape[] => {
    if (mode !== 'stream') return messages.map((size) => ({ mode, direction: 'forward', streams: 1, ...size }))
    const segments = optional('mssBytes', protocol === 'tcp' ? mssBytes : [])
    const rates = optional('bitsPerSecond', ratesOf(protocol, request))
    return streams.flatMap((count) =>
      segments.flatMap((segment) =>
        messages.flatMap((size) =>
          rates.map((rate) => ({ mode, direction, streams: count, ...segment, ...size, ...rate })),
        ),
      ),
    )
  })
}

/** TCP finds the highest rate by itself. */
function ratesOf(protocol: Protocol, { bitsPerSecond }: MatrixRequest): readonly (number | 'max')[] {
  if (protocol === 'tcp') return bitsPerSecond.filter((rate) => rate !== 'max')
  return bitsPerSecond.length === 0 ? [UDP_BITS_PER_SECOND] : bitsPerSecond
}

/** One shape for each value, or a single one without it. */
function optional<const Key extends string, Value>(key: Key, values: readonly Value[]): { [K in Key]?: Value }[] {
  return values.length === 0 ? [{}] : values.map((value) => ({ [key]: value }) as { [K in Key]: Value })
}

/** With the test over the host network that it is compared with; that one stands for itself where it is asked for anyway. */
function withBaseline(draft: Draft, { hostBaseline }: MatrixRequest): Draft[] {
  if (!hostBaseline) return [draft]
  const baseline: Draft = { ...draft, path: 'host', isBaseline: true }
  return draft.path === 'host' ? [baseline] : [draft, baseline]
}

function withEngines(
  draft: Draft,
  named: readonly EngineName[],
  { engines, defaultEngine }: MatrixEngines,
): TestCase[] {
  const candidates = named.length === 0 ? [defaultEngine(draft)] : named
  const judge = (engine: EngineName) => {
    const test: TestCase = { engine, ...draft }
    return { engine, test, refusal: engines[engine].refuses(test) }
  }
  const judged = candidates.map(judge)
  const possible = judged.filter(({ refusal }) => refusal === undefined)
  if (possible.length > 0) return possible.map(({ test }) => test)
  const reasons = new Set(judged.map(({ refusal }) => refusal))
  const others = (Object.keys(engines) as EngineName[]).filter((engine) => judge(engine).refusal === undefined)
  throw new UsageError(`cannot measure ${describeTest(draft)}: ${[...reasons].join('; ')}`, {
    advice: others.length === 0 ? [] : [`--engine ${[...named, ...others].join(',')}`],
  })
}

/** A test in a few words: `tcp rr over service`. */
export function describeTest({ protocol, mode, path }: Pick<TestCase, 'protocol' | 'mode' | 'path'>): string {
  return `${protocol}${mode === 'stream' ? '' : ` ${mode}`} over ${path}`
}

function withoutDuplicates(tests: readonly TestCase[]): TestCase[] {
  return [...new Map(tests.map((test) => [identity(test), test])).values()]
}

function identity(test: TestCase): string {
  return JSON.stringify(Object.entries(test).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function isRequests(protocol: Protocol): boolean {
  return protocol === 'http' || protocol === 'grpc'
}
