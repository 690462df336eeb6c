import type { Target } from '../pair.ts'
import type { Reading } from '../reading.ts'
import type { EngineName, IpFamily, TestCase } from '../test-case.ts'

/** How long one measurement takes. */
export interface Timing {
  readonly durationSeconds: number
  /** Before it, and not part of the figures. */
  readonly warmupSeconds: number
}

/** Most tests are one pass; HTTP and gRPC find the possible rate first, then measure latency at a share of it. */
export type Pass = 'measure' | 'rate' | 'latency'

export interface ClientRequest {
  readonly test: TestCase
  readonly pass: Pass
  readonly target: Target
  readonly timing: Timing
  /** What the passes before this one have shown for the same pair and sample. */
  readonly earlier: ReadonlyMap<Pass, Reading>
  /** The rate of this try, where the test asks for the highest one. */
  readonly bitsPerSecond?: number
}

export interface ToolOutput {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/** A program that makes traffic: how it is started, and how its output is read. Pure: it runs nothing itself. */
export interface Engine {
  readonly name: EngineName
  /**
   * Without a shell there is no barrier inside the pod, no CPU counters, and one server process alone: it has to be shared,
   * and to serve both IP families.
   */
  readonly hasShell: boolean
  /** Undefined: it can do the test; otherwise why not, in a few words for the user. */
  refuses(test: TestCase): string | undefined
  /** Whether one server process serves several clients at once. */
  readonly isServerShared: boolean
  /**
   * The server process, which stays until it is killed. It listens at `port`, where a TCP connection shows that it is
   * ready, and may listen at `port` + 1 too.
   */
  serverCommand(port: number, ipFamily: IpFamily): readonly string[]
  passes(test: TestCase): readonly Pass[]
  /** Numbers are bare seconds and bytes: no unit that one version knows and another does not. */
  clientCommand(request: ClientRequest): readonly string[]
  /**
   * Reads one output whole.
   * @throws MeasurementFault also for what a tool reports with exit code 0: refused, busy, cut short, nothing received
   */
  read(request: ClientRequest, output: ToolOutput): Reading
}
