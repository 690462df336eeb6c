/** In µs: what iperf3 takes when nobody says otherwise, */
const USUAL_MICROSECONDS = 1000
/** and the longest that is asked for: ten looks a second cost nothing. */
const LONGEST_MICROSECONDS = 100_000

/**
 * How often an iperf3 that keeps to a rate looks whether its next message is due (`--pacing-timer`), in µs: ten times for
 * each message. Its own 1000 times a second take 2 % of a core, whatever the rate: with fifty clients on one node, a core
 * goes into looking, and that is what would be measured. The rate stays as exact as it was, since it is reckoned from the
 * start on; a message is late by a tenth of the time between two at most. Undefined: iperf3's own is right.
 * @param bitsPerSecond of one stream
 */
export function pacingMicroseconds(bitsPerSecond: number, messageBytes: number): number | undefined {
  const tenthOfMessage = Math.floor((messageBytes * 8 * 1e5) / bitsPerSecond)
  return tenthOfMessage > USUAL_MICROSECONDS ? Math.min(tenthOfMessage, LONGEST_MICROSECONDS) : undefined
}
