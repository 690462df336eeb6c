import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import type { WholeAnswer } from '../../kube/http/exchange-over.ts'
import type { Route } from './route.ts'
import type { ServiceTarget } from './service.ts'

/**
 * The way to a Prometheus that asks nobody who they are, by the API server's proxy for Services: it takes a request's
 * credentials for its own and passes none on.
 */
export function openProxyRoute(client: Pick<KubeClient, 'request'>, target: ServiceTarget): Route {
  const { namespace, name, port, secure, root } = target
  const service = `${secure ? 'https:' : ''}${name}:${port.port}`
  const proxy = `/api/v1/namespaces/${encodeURIComponent(namespace)}/services/${encodeURIComponent(service)}/proxy`
  return {
    how: 'service-proxy',
    async get(path, signal): Promise<WholeAnswer> {
      try {
        const { code, headers, body } = await client.request({
          method: 'GET',
          path: `${proxy}${root}${path}`,
          signal,
          retry: false,
          timeoutMs: 0,
        })
        return { code, headers, body }
      } catch (error) {
        // The client takes every refusal for the API server's; one that is Prometheus' own is no Status object.
        if (!isApiError(error) || error.foreignBody === undefined) throw error
        return { code: error.code, headers: {}, body: Buffer.from(error.foreignBody) }
      }
    },
  }
}
