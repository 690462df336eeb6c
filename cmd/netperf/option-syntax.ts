const BIT_RATE = /^(\d+\.?\d*|\.\d+)([kKMGT]?)(?:bit\/s|bits\/s|bps)?$/
const DECIMAL: Readonly<Record<string, number>> = { '': 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9, T: 1e12 }

/** Bits per second of `500M`, `2.5G`, `25Gbit/s`: prefixes are decimal, as in iperf's -b. A text is what is wrong. */
export function parseBitRate(text: string): number | string {
  const [, mantissa, prefix = ''] = BIT_RATE.exec(text) ?? []
  const bitsPerSecond = Math.round(Number(mantissa) * (DECIMAL[prefix] ?? Number.NaN))
  return bitsPerSecond >= 1 && Number.isSafeInteger(bitsPerSecond)
    ? bitsPerSecond
    : 'must be bits per second with or without a suffix, such as 500M or 2.5G'
}

export interface Ratio {
  readonly clients: number
  readonly servers: number
}

const MOST_PODS = 5000

/** Of `CLIENTS:SERVERS`. A text is what is wrong. */
export function parseRatio(text: string): Ratio | string {
  const [, clients, servers] = /^(\d{1,4}):(\d{1,4})$/.exec(text) ?? []
  const ratio: Ratio = { clients: Number(clients), servers: Number(servers) }
  const counts = [ratio.clients, ratio.servers]
  return counts.every((count) => count >= 1 && count <= MOST_PODS)
    ? ratio
    : `must be CLIENTS:SERVERS, such as 1:1, 50:50 or 4:1, each at most ${MOST_PODS}`
}
