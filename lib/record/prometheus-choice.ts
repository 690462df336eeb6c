import { UsageError } from '../errors/perf-error.ts'

/** Which Prometheus to ask: none, the one that is found in the cluster, one by its address, or one by its Service or pod. */
export type PrometheusChoice =
  | { readonly kind: 'none' }
  | { readonly kind: 'auto' }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'service' | 'pod'; readonly namespace: string; readonly name: string; readonly port?: string }

const FORMS =
  'must be auto, none, a URL such as http://127.0.0.1:9090, svc/NAMESPACE/NAME[:PORT] or pod/NAMESPACE/NAME[:PORT]'
/** RFC 1123 labels, of a pod's name a subdomain; a port is a number or a name. */
const IN_CLUSTER =
  /^(?:(svc|service|services)|pods?|po)\/([a-z0-9][a-z0-9-]{0,62})\/([a-z0-9][a-z0-9.-]{0,252})(?::([a-z0-9][a-z0-9-]{0,14}))?$/

/**
 * Reads `auto`, `none`, a URL, or `svc/NAMESPACE/NAME[:PORT]`, or the same of a `pod/`. The path of a URL is where Prometheus has its own root.
 * @throws UsageError that says what it should be
 */
export function parsePrometheusChoice(text: string): PrometheusChoice {
  if (text === 'none' || text === 'auto') return { kind: text }
  const [, service, namespace, name, port] = IN_CLUSTER.exec(text) ?? []
  if (namespace !== undefined && name !== undefined) {
    if (port !== undefined && /^\d+$/.test(port) && !(Number(port) >= 1 && Number(port) <= 65_535)) {
      throw new UsageError('a port is between 1 and 65535')
    }
    const kind = service === undefined ? 'pod' : 'service'
    return { kind, namespace, name, ...(port === undefined ? {} : { port }) }
  }
  if (/^https?:\/\//i.test(text)) return { kind: 'url', url: parseUrl(text) }
  throw new UsageError(FORMS)
}

function parseUrl(text: string): string {
  if (!URL.canParse(text)) throw new UsageError('this is no URL')
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') throw new CredentialsInUrl()
  if (url.search !== '' || url.hash !== '')
    throw new UsageError('the URL is that of Prometheus itself, without a query')
  return `${url.origin}${url.pathname.replace(/\/(api\/v1\/?)?$/, '')}`
}

/** Not to be said together with the text: the password is in it. */
class CredentialsInUrl extends UsageError {
  constructor() {
    super('--prometheus takes no user and password in the URL', {
      advice: ['give the user with --prometheus-user, and the password in PERF_PROMETHEUS_PASSWORD'],
    })
  }
}

/** What is wrong with a text, as far as it may be repeated; undefined for one that is right, or is better not shown. */
export function choiceFault(text: string): string | undefined {
  try {
    parsePrometheusChoice(text)
    return undefined
  } catch (error) {
    return error instanceof CredentialsInUrl ? undefined : (error as UsageError).message
  }
}
