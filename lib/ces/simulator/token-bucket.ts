export interface TokenBucket {
  /** Takes a token, in debt if there is none: how many ms until it may be used. Times never go back. */
  reserve(nowMs: number): number
}

/** Go's golang.org/x/time/rate Limiter with Reserve(): full at first, refilled at a steady rate up to the burst. */
export function openTokenBucket(
  { perSecond, burst }: { perSecond: number; burst: number },
  startMs: number,
): TokenBucket {
  const perMs = perSecond / 1000
  let tokens = burst
  let lastMs = startMs
  return {
    reserve(nowMs) {
      tokens = Math.min(burst, tokens + (nowMs - lastMs) * perMs)
      lastMs = nowMs
      tokens -= 1
      return tokens >= 0 ? 0 : -tokens / perMs
    },
  }
}
