import type { WholeAnswer } from '../../kube/http/exchange-over.ts'

/** url: over the network, as anybody. port-forward: to a pod. service-proxy: the API server asks for us. */
export type Way = 'url' | 'port-forward' | 'service-proxy'

/** A way to a Prometheus. */
export interface Route {
  readonly how: Way
  /**
   * GETs a path below Prometheus' own root, `/api/v1/query?…`. Whatever it answers is a result.
   * @throws ConnectionError where no answer came, ApiError where the API server does not let us through, or the signal's
   *   reason
   */
  get(path: string, signal: AbortSignal): Promise<WholeAnswer>
}

/** A large answer for a large cluster, and no way to fill the memory. */
export const MAX_BODY_BYTES = 64 << 20
