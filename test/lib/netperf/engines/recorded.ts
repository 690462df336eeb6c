import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { ClientRequest, Engine, Pass, ToolOutput } from '../../../../lib/netperf/engines/engine.ts'
import { MeasurementFault } from '../../../../lib/netperf/measurement-fault.ts'
import type { Reading } from '../../../../lib/netperf/reading.ts'
import type { Direction, Protocol, TestCase } from '../../../../lib/netperf/test-case.ts'
import { testCase } from '../test-case-example.ts'

const folder = new URL('../../../fixtures/netperf/', import.meta.url)

interface Outcome {
  arguments: string[]
  exitCode: number
  stderr: string
}

export const outcomes = JSON.parse(readFileSync(new URL('outcomes.json', folder), 'utf8')) as Record<string, Outcome>

/** What a tool has printed, of any of the recorded runs: `<tool>-<version>-<case>`. */
export function recorded(name: string): ToolOutput & { arguments: readonly string[] } {
  const outcome = outcomes[name]
  if (outcome === undefined) throw new Error(`nobody has recorded ${name}`)
  const file = ['json', 'txt'].map((ending) => new URL(`${name}.${ending}`, folder)).find((path) => existsSync(path))
  return { ...outcome, stdout: file === undefined ? '' : readFileSync(file, 'utf8') }
}

export function recordedNames(tool: string): string[] {
  return Object.keys(outcomes).filter((name) => name.startsWith(`${tool}-`))
}

export function recordedFiles(): string[] {
  return readdirSync(folder)
}

export function clientRequest(
  parts: Partial<TestCase> = {},
  rest: Partial<Omit<ClientRequest, 'test'>> = {},
): ClientRequest {
  return {
    test: testCase(parts),
    pass: 'measure',
    target: { address: '10.77.0.2', port: 5201, secondPort: 5202 },
    timing: { durationSeconds: 2, warmupSeconds: 0 },
    earlier: new Map(),
    ...rest,
  }
}

/** The request that a recorded run of iperf3 or iperf2 has answered, from its arguments. */
export function requestOf(name: string): ClientRequest {
  const { arguments: given } = recorded(name)
  const has = (flag: string) => given.includes(flag)
  const after = (flag: string, otherwise: number) => (has(flag) ? Number(given[given.indexOf(flag) + 1]) : otherwise)
  const direction: Direction = has('-R')
    ? 'reverse'
    : has('--bidir') || has('--full-duplex')
      ? 'bidirectional'
      : 'forward'
  const protocol: Protocol = has('-u') ? 'udp' : 'tcp'
  const isIperf2Stream = name.startsWith('iperf2') && protocol === 'tcp' && !has('--bounceback')
  return clientRequest(
    {
      protocol,
      direction,
      mode: has('--bounceback') ? 'rr' : 'stream',
      ipFamily: given.some((argument) => argument.includes('::')) ? 6 : 4,
      streams: after('-P', 1),
    },
    { timing: { durationSeconds: after('-t', 2) - (isIperf2Stream ? 1 : 0), warmupSeconds: 0 } },
  )
}

/** A reading, or the fault instead. */
export function outcomeOf(engine: Engine, request: ClientRequest, output: ToolOutput): Reading | MeasurementFault {
  try {
    return engine.read(request, output)
  } catch (error) {
    if (error instanceof MeasurementFault) return error
    throw error
  }
}

export function earlierRate(completed: number, seconds: number): ReadonlyMap<Pass, Reading> {
  return new Map([['rate', { tool: 'fortio', flows: [], requests: { seconds, completed, errors: {} } }]])
}
