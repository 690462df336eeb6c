import type { ControlPlane } from '../../cluster/control-plane.ts'

/** As in a run and in its record. */
type Pods = Readonly<Record<'client' | 'server', { namespace: string; pod: string; addresses: readonly string[] }>>

interface Iperf3Output {
  readonly error?: string
  readonly end: { readonly sum_received?: { readonly bits_per_second: number } }
}

/**
 * What a person would do: `kubectl exec` of iperf3 in the client's pod, against the server that runs in the other one.
 * @returns what arrived, in bits per second
 */
export async function byHand(
  cluster: Pick<ControlPlane, 'kubectl'>,
  pair: Pods | undefined,
  flags: readonly string[],
): Promise<number> {
  if (pair === undefined) throw new RangeError('no pair to measure by hand')
  const { client, server } = pair
  const command = ['iperf3', '-c', server.addresses[0] ?? '', '-p', '5201', '-J', ...flags]
  const output = JSON.parse(
    await cluster.kubectl(['exec', '-n', client.namespace, client.pod, '-c', 'iperf3', '--', ...command], {
      timeoutMs: 60_000,
    }),
  ) as Iperf3Output
  if (output.end.sum_received === undefined) throw new Error(output.error)
  return output.end.sum_received.bits_per_second
}

/** Datagrams that reached the server's pod since it was made and found their socket full. */
export async function serverSocketDrops(
  cluster: Pick<ControlPlane, 'kubectl'>,
  pair: Pods | undefined,
): Promise<number> {
  if (pair === undefined) throw new RangeError('no pair to look at')
  const { namespace, pod } = pair.server
  const text = await cluster.kubectl(['exec', '-n', namespace, pod, '--', 'grep', '^Udp:', '/proc/net/snmp'])
  const [names = [], values = []] = text.split('\n').map((line) => line.split(' '))
  return Number(values[names.indexOf('RcvbufErrors')])
}
