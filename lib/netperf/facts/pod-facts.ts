import { parseQuantity } from '../../record/quantity.ts'
import type { PodObject } from '../../workload/pods/pod-status.ts'
import type { EndpointFacts } from './path-facts.ts'

/** Prints what the kernel says of a pod's network, for `readPodFacts`; uses `ip` where the image has it. */
export const FACTS_SCRIPT = `read -r kernel </proc/sys/kernel/osrelease && echo "kernel $kernel"
for folder in /sys/class/net/*; do
  mtu= speed= device=
  read -r mtu <"$folder/mtu"
  read -r speed <"$folder/speed"
  [ -e "$folder/device" ] && device=device
  echo "interface \${folder##*/} \${mtu:--} \${speed:--} $device"
done 2>/dev/null
while read -r line; do echo "route4 $line"; done </proc/net/route
[ -r /proc/net/ipv6_route ] && while read -r line; do echo "route6 $line"; done </proc/net/ipv6_route
command -v ip >/dev/null && ip -d -o link 2>/dev/null | while read -r line; do echo "link $line"; done
true`

interface Interface {
  mtu?: number
  megabitsPerSecond?: number
  isDevice: boolean
}

/**
 * Reads what the script prints.
 * @param address where the pod's traffic goes, which decides the interface
 */
export function readPodFacts(output: string, address: string | undefined): EndpointFacts {
  const lines = output.split('\n').map((line) => line.trim().split(/\s+/))
  const words = (kind: string) => lines.filter(([first]) => first === kind).map(([, ...rest]) => rest)
  const kernel = words('kernel')[0]?.[0]
  const interfaces = new Map(
    words('interface').map(([name = '', mtu, speed, device]): [string, Interface] => [
      name,
      { ...numberOf('mtu', mtu), ...numberOf('megabitsPerSecond', speed), isDevice: device === 'device' },
    ]),
  )
  const interfaceName = address === undefined ? undefined : interfaceTo(address, words('route4'), words('route6'))
  const found = interfaceName === undefined ? undefined : interfaces.get(interfaceName)
  const link = words('link').find(([, name]) => name?.replace(/(@.*)?:$/, '') === interfaceName)
  const speed = found?.isDevice === true ? found.megabitsPerSecond : undefined
  return {
    ...(kernel === undefined ? {} : { kernel }),
    ...(interfaceName === undefined ? {} : { interfaceName }),
    ...(found?.mtu === undefined ? {} : { mtuBytes: found.mtu }),
    ...numberOf('gsoMaxBytes', valueAfter(link, 'gso_max_size')),
    ...numberOf('groMaxBytes', valueAfter(link, 'gro_max_size')),
    ...(speed === undefined ? {} : { linkBitsPerSecond: speed * 1e6 }),
  }
}

/** What limits the pod's traffic by its own annotations, which the CNI plugin bandwidth and Cilium heed. */
export function bandwidthLimits({ metadata: { annotations = {} } }: PodObject): EndpointFacts {
  const limit = (direction: string) => {
    const text = annotations[`kubernetes.io/${direction}-bandwidth`]
    try {
      return text === undefined ? undefined : parseQuantity(text)
    } catch {
      return undefined
    }
  }
  const [ingress, egress] = [limit('ingress'), limit('egress')]
  return {
    ...(ingress === undefined ? {} : { ingressLimitBitsPerSecond: ingress }),
    ...(egress === undefined ? {} : { egressLimitBitsPerSecond: egress }),
  }
}

function numberOf<Key extends string>(key: Key, text: string | undefined): { [K in Key]?: number } {
  // A link that is down has the speed -1.
  return text !== undefined && /^\d+$/.test(text) ? ({ [key]: Number(text) } as { [K in Key]?: number }) : {}
}

function valueAfter(words: readonly string[] | undefined, key: string): string | undefined {
  const index = words?.indexOf(key) ?? -1
  return index < 0 ? undefined : words?.[index + 1]
}

/** By the longest prefix, as the kernel does it; of equal ones the lowest metric. */
function interfaceTo(
  address: string,
  routes4: readonly (readonly string[])[],
  routes6: readonly (readonly string[])[],
): string | undefined {
  const isV6 = address.includes(':')
  const wanted = isV6 ? bitsOfV6(address) : bitsOfV4(address)
  if (wanted === undefined) return undefined
  const routes = isV6 ? routes6.flatMap(routeOfV6) : routes4.flatMap(routeOfV4)
  const matching = routes.filter(({ bits, length }) => wanted.startsWith(bits.slice(0, length)))
  return matching.toSorted((a, b) => b.length - a.length || a.metric - b.metric)[0]?.interfaceName
}

interface Route {
  interfaceName: string
  /** The destination in binary digits. */
  bits: string
  /** Of the prefix. */
  length: number
  metric: number
}

/** `eth0 0001A8C0 00000000 0001 0 0 0 00FFFFFF …`: interface, destination, gateway, flags, …, metric, mask; little-endian. */
function routeOfV4([interfaceName = '', destination = '', , flags, , , metric, mask = '']: readonly string[]): Route[] {
  if (!isHex(destination, 8) || !isHex(mask, 8) || (Number.parseInt(flags ?? '', 16) & 1) === 0) return []
  const length = littleEndian(mask).replaceAll('0', '').length
  return [{ interfaceName, bits: littleEndian(destination), length, metric: Number(metric) }]
}

/** Destination, prefix length, source, its length, next hop, metric, …, flags, interface; hexadecimal. */
function routeOfV6(words: readonly string[]): Route[] {
  const [destination = '', length = '', , , , metric = '', , , flags = '', interfaceName = ''] = words
  // RTF_REJECT: "unreachable" routes, which every namespace has on lo.
  if (!isHex(destination, 32) || (Number.parseInt(flags, 16) & 0x0200) !== 0) return []
  const bits = binaryDigits(destination)
  return [{ interfaceName, bits, length: Number.parseInt(length, 16), metric: Number.parseInt(metric, 16) }]
}

function isHex(text: string, digits: number): boolean {
  return text.length === digits && /^[\da-f]+$/i.test(text)
}

function littleEndian(hex: string): string {
  return binaryDigits((hex.match(/../g) ?? []).reverse().join(''))
}

function binaryDigits(hex: string): string {
  return binary(BigInt(`0x${hex}`), hex.length * 4)
}

function bitsOfV4(address: string): string | undefined {
  const bytes = address.split('.').map(Number)
  const isAddress = bytes.length === 4 && bytes.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255)
  return isAddress ? bytes.map((byte) => binary(byte, 8)).join('') : undefined
}

function bitsOfV6(address: string): string | undefined {
  const [head = '', tail] = address.split('::')
  const groups = (text: string | undefined) => (text === undefined || text === '' ? [] : text.split(':'))
  const [first, last] = [groups(head), groups(tail)]
  const zeros = tail === undefined ? 0 : 8 - first.length - last.length
  const all = [...first, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...last]
  if (all.length !== 8 || !all.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined
  return all.map((group) => binary(Number.parseInt(group, 16), 16)).join('')
}

function binary(value: number | bigint, digits: number): string {
  return value.toString(2).padStart(digits, '0')
}
