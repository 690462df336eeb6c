import type { ClientRequest } from './engine.ts'

/** The rate of all streams of the pair together, in bits per second; undefined: as fast as it goes. */
export function wantedRate({ test, bitsPerSecond }: ClientRequest): number | undefined {
  const rate = bitsPerSecond ?? test.bitsPerSecond
  if (rate === 'max') throw new RangeError('the highest rate is searched for by trying rates: this try has none')
  // The tools' own default for UDP is 1 Mbit/s, which nobody has asked for.
  if (rate === undefined && test.protocol === 'udp' && test.mode === 'stream') {
    throw new RangeError('UDP needs a rate: nothing else slows it down')
  }
  return rate
}
