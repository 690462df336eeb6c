import { type FaultCode, MeasurementFault } from '../measurement-fault.ts'
import type { Target } from '../pair.ts'
import type { ToolOutput } from './engine.ts'

// What the tools and the C library say, in the order in which it decides: a busy server also resets the connection.
const words: readonly (readonly [RegExp, FaultCode])[] = [
  [/server is busy/i, 'ServerBusy'],
  [/connection refused|econnrefused|are you sure there is a netserver/i, 'ConnectionRefused'],
  [
    /no such host|host name lookup|address resolution failed|\blookup \S+ on |name or service not known|name does not resolve|name resolution|no address associated|unknown host|unable to resolve|server misbehaving|unable to connect to server.*: resource temporarily unavailable/i,
    'NameNotResolved',
  ],
  [/no route to host|(?:network|host) is unreachable|host is down|address family not supported/i, 'NoRoute'],
  [/timed out|time ?out|deadline exceeded|operation now in progress/i, 'ConnectionTimedOut'],
  [/connection reset|broken pipe|closed unexpectedly|not connected|unexpected eof|\bEOF\b/i, 'ConnectionLost'],
]

/**
 * The fault behind a tool's own words, which stay in its message.
 *
 * @param tool what spoke, e.g. "iperf 3.12"
 */
export function toolFault(tool: string, said: string, target: Target): MeasurementFault {
  const line = oneLine(said)
  const code = words.find(([pattern]) => pattern.test(line))?.[1] ?? 'ToolFailed'
  return new MeasurementFault(code, `${tool} to ${target.address} port ${target.port}: ${line}`)
}

/** Throws where a shell or the kernel could not start the tool: 127 is not found, 126 is not executable. */
export function checkStarted(tool: string, { exitCode, stdout, stderr }: ToolOutput): void {
  if ((exitCode !== 127 && exitCode !== 126) || stdout.trim() !== '') return
  const said = oneLine(stderr)
  throw new MeasurementFault('ToolMissing', `${tool} cannot be run in this image${said === '' ? '' : `: ${said}`}`)
}

/** Throws what a tool that gave no reading has left: its words if it has any, else its exit code and its output. */
export function unreadable(tool: string, output: ToolOutput, target: Target): MeasurementFault {
  const { exitCode, stdout, stderr } = output
  if (exitCode !== 0) {
    const said = stderr.trim() === '' ? `exit code ${exitCode} without a word` : stderr
    return toolFault(tool, said, target)
  }
  const printed = stdout.trim() === '' ? 'nothing' : `“${oneLine(stdout).slice(0, 80)}”`
  const complained = stderr.trim() === '' ? '' : `, and said “${oneLine(stderr)}”`
  return new MeasurementFault('UnknownOutput', `${tool} ended well but printed ${printed}${complained}`)
}

/** The first line with something in it: tools follow it with their usage, or say it once for each packet. */
function oneLine(text: string): string {
  const line = text.split('\n').find((candidate) => candidate.trim() !== '') ?? ''
  return line.trim().slice(0, 300)
}
