import type { KubeClient } from '../../kube/client.ts'
import type { ExecTarget } from '../../kube/streams/exec.ts'
import { runInPod } from '../../kube/streams/run-in-pod.ts'
import type { Target } from '../pair.ts'
import type { IpFamily } from '../test-case.ts'
import { MARK } from '../traffic/shell-scripts.ts'

interface PacketSizes {
  /** Of IP and UDP. */
  readonly headers: number
  /** What every host must take in one piece (RFC 791), with room for tunnels below it; every link of IPv6 (RFC 8200). */
  readonly smallest: number
}

const PACKET_BYTES: Readonly<Record<IpFamily, PacketSizes>> = {
  4: { headers: 28, smallest: 576 },
  6: { headers: 48, smallest: 1280 },
}
/** iperf3's limit of one datagram. */
const LARGEST_DATAGRAM_BYTES = 65_507
const DATAGRAMS = 5
const TIMEOUT_MS = 15_000
/** A busy node loses datagrams of any size: only a size that never arrives is too large. */
const TRIES = 3

/**
 * Runs the tool that its arguments name, and tells on stderr how many pieces of IPv6 packets left here meanwhile: a sender cuts
 * packets up once a router, or its own route, has told it that they are too large, and no option of iperf3's forbids that.
 */
const COUNT_PIECES_SCRIPT = `pieces() {
  while read -r key value; do
    case $key in Ip6FragCreates) echo "$value" ;; esac
  done </proc/net/snmp6
}
before=$(pieces)
"$@"
echo "${MARK} pieces $(($(pieces) - before))" >&2`

/**
 * Finds the largest packet that arrives unfragmented: that of the interface first, which mostly is the answer, then between it
 * and what every network carries. Each try is a few datagrams of iperf3's; over IPv4 with don't-fragment, over IPv6 counting
 * the pieces.
 * @returns bytes with IP and UDP headers; undefined where not even the smallest arrives, or the output of a try does not tell
 * @throws what the exec rejects with
 */
export async function findPathMtu(
  client: Pick<KubeClient, 'exec'>,
  container: ExecTarget,
  { target, ipFamily }: { target: Target; ipFamily: IpFamily },
  interfaceBytes: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { headers, smallest } = PACKET_BYTES[ipFamily]
  const arrives = async (bytes: number) => {
    const { stdout, stderr } = await runInPod(client, container, pathMtuCommand(target, ipFamily, bytes - headers), {
      signal,
      timeoutMs: TIMEOUT_MS,
    })
    return ipFamily === 4 ? didArrive(stdout) : didArriveWhole(stdout, stderr)
  }
  return largestThatArrives({ smallest, most: Math.min(interfaceBytes, LARGEST_DATAGRAM_BYTES + headers) }, arrives)
}

/** Bisects between the smallest packet and the largest possible; undefined as soon as nobody knows whether a size arrives. */
export async function largestThatArrives(
  { smallest, most }: { smallest: number; most: number },
  arrives: (bytes: number) => Promise<boolean | undefined>,
): Promise<number | undefined> {
  const isCarried = async (bytes: number) => {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await arrives(bytes)
      if (answer !== false || attempt === TRIES) return answer
    }
  }
  const whole = await isCarried(most)
  if (whole !== false) return whole === true ? most : undefined
  if (most <= smallest || (await isCarried(smallest)) !== true) return undefined
  let [low, high] = [smallest, most]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    const answer = await isCarried(middle)
    if (answer === undefined) return undefined
    if (answer) low = middle
    else high = middle
  }
  return low
}

function pathMtuCommand({ address, port }: Target, ipFamily: IpFamily, datagramBytes: number): string[] {
  const words = ['-c', address, '-p', String(port), '-u', '-l', String(datagramBytes), '-k', String(DATAGRAMS)]
  const iperf3 = ['iperf3', ...words, '-b', '10M', '-J', '--connect-timeout', '3000']
  return ipFamily === 4 ? [...iperf3, '--dont-fragment'] : ['sh', '-c', COUNT_PIECES_SCRIPT, 'sh', ...iperf3]
}

/** Did the server receive datagrams, none of which had been cut up here? undefined: the outputs do not say. */
export function didArriveWhole(stdout: string, stderr: string): boolean | undefined {
  const pieces = new RegExp(`^${MARK} pieces (\\d+)$`, 'm').exec(stderr)?.[1]
  if (pieces === undefined) return undefined
  return Number(pieces) > 0 ? false : didArrive(stdout)
}

/** Did the server receive datagrams? undefined: the output does not say. */
export function didArrive(stdout: string): boolean | undefined {
  let output: { error?: string; end?: { sum_received?: { packets?: number; lost_packets?: number } } }
  try {
    output = JSON.parse(stdout) as typeof output
  } catch {
    return undefined
  }
  // The sender's own kernel refuses what it knows to be too large.
  if (output.error !== undefined) return /message too long/i.test(output.error) ? false : undefined
  const { packets, lost_packets: lost = 0 } = output.end?.sum_received ?? {}
  return packets === undefined ? undefined : packets - lost > 0
}
