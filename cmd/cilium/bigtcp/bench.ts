import type { NetperfDetails } from '../../../lib/record/details/netperf-details.ts'
import type { Finding } from '../../../lib/record/run-record.ts'
import type { Context } from '../../command.ts'
import type { Measurement, MeasureSession } from '../../measure.ts'
import { measureNetperf } from '../../netperf/measure-netperf.ts'
import { type NetperfOptions, netperfOptions } from '../../netperf/options.ts'
import { netperfRequest } from '../../netperf/request.ts'
import { readOptionValues } from '../../option-value.ts'
import type { BigTcpOptions } from './options.ts'

const MESSAGE_BYTES = [16_384, 65_536, 196_608, 1_048_576]
const STREAMS = [1, 4]

/** What the bench comes to, beside what is known of the nodes. */
export interface Bench extends Omit<Measurement, 'details'> {
  readonly details: NetperfDetails
  readonly cleanUpCommand: string
}

/** Streams of TCP between two nodes, with each message size and number of streams in turns: a run of netperf. */
export async function measureBench(options: BigTcpOptions, session: MeasureSession, context: Context): Promise<Bench> {
  const measured = await measureNetperf(netperfRequest(netperfOptionsOf(options, context)), options, session, context)
  const { cleanUpCommand, connections: _, ...details } = measured.details
  return {
    ...measured,
    findings: measured.findings.map(inOwnWords),
    details: details as NetperfDetails,
    cleanUpCommand: String(cleanUpCommand),
  }
}

/** As netperf's own command line would have them. */
export function netperfOptionsOf(
  options: BigTcpOptions,
  { environment }: Pick<Context, 'environment'>,
): NetperfOptions {
  const { benchMessageSize, benchStreams, benchDuration, benchSamples, keep, yes, imageRegistry } = options
  const orElse = (given: readonly number[], usual: readonly number[]) => (given.length === 0 ? usual : given).join(',')
  const words = new Map([
    ['message-size', [orElse(benchMessageSize, MESSAGE_BYTES)]],
    ['streams', [orElse(benchStreams, STREAMS)]],
    ['duration', [`${benchDuration}ms`]],
    ['samples', [String(benchSamples)]],
    ...(imageRegistry === undefined ? [] : [['image-registry', [imageRegistry]] as const]),
  ])
  return { ...readOptionValues(netperfOptions, words, environment), keep, yes } as NetperfOptions
}

/** What netperf advises is about its own flags, which have other names here. */
function inOwnWords(finding: Finding): Finding {
  if (finding.advice === undefined) return finding
  return { ...finding, advice: finding.advice.replace(/--(message-size|streams|duration|samples)\b/g, '--bench-$1') }
}
