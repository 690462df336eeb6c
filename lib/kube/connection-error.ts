import { PerfError } from '../errors/perf-error.ts'

/**
 * refused: nobody listens there. lost: a connection that was there broke. timeout: the request took longer than its
 * limit. tls: the certificates do not fit. unreachable: everything else between here and the server. credentials: they
 * could not be had. bad-answer: what answers there is no Kubernetes API server, or its answer is out of bounds. closed:
 * this program has ended the connection itself.
 */
export type ConnectionFault =
  | 'refused'
  | 'lost'
  | 'timeout'
  | 'tls'
  | 'unreachable'
  | 'credentials'
  | 'bad-answer'
  | 'closed'

/** Code of the error of a request that the server says it has not looked at. */
export const STREAM_REFUSED = 'ERR_STREAM_REFUSED'

/** No answer from the API server. The message is the whole line that kubectl prints in that case. */
export class ConnectionError extends PerfError {
  override name = 'ConnectionError'
  readonly kind: ConnectionFault
  /** Whether the server can have seen the request. */
  readonly wasSent: boolean
  /** How often the request was tried. */
  attempts = 1

  constructor(
    message: string,
    options: { kind: ConnectionFault; wasSent?: boolean; advice?: readonly string[]; cause?: unknown },
  ) {
    super(message, options)
    this.kind = options.kind
    this.wasSent = options.wasSent ?? false
  }
}

export function isConnectionError(error: unknown): error is ConnectionError {
  return error instanceof ConnectionError
}

interface Target {
  /** `host:port` as the configuration writes it. */
  host: string
  /** The name that its certificate must have, where that is another. */
  serverName?: string | undefined
  /** What to say when nobody listens there. */
  hint?: string | undefined
}

type SystemError = Error & {
  /** A number in a DOMException. */
  code?: string | number
  address?: string
  port?: number
  hostname?: string
  cert?: { subjectaltname?: string; valid_to?: string }
}

/** Says why a connection could not be made or broke, as kubectl (that is, Go's net and crypto/tls) would say it. */
export function describeNetworkFault(cause: unknown, target: Target, wasSent: boolean): ConnectionError {
  if (cause instanceof ConnectionError) return cause
  const error = (cause instanceof AggregateError ? (cause.errors[0] ?? cause) : cause) as SystemError
  const fault = (kind: ConnectionFault, reason: string, advice?: string) =>
    new ConnectionError(`Unable to connect to the server: ${reason}`, {
      kind,
      wasSent,
      cause,
      ...(advice === undefined ? {} : { advice: [advice] }),
    })
  const address = error.address === undefined ? target.host : `${error.address}:${error.port}`
  const code = typeof error.code === 'string' ? error.code : ''
  switch (code) {
    case 'ECONNREFUSED':
      return new ConnectionError(
        `The connection to the server ${target.host} was refused - did you specify the right host or port?`,
        { kind: 'refused', cause, advice: [target.hint ?? CHECK_SERVER] },
      )
    case 'ENOTFOUND':
      return fault('unreachable', `dial tcp: lookup ${error.hostname}: no such host`, CHECK_SERVER)
    case 'EAI_AGAIN':
      return fault('unreachable', `dial tcp: lookup ${error.hostname}: Temporary failure in name resolution`)
    case 'ETIMEDOUT':
      return fault('unreachable', `dial tcp ${address}: i/o timeout`, CHECK_SERVER)
    case 'EHOSTUNREACH':
      return fault('unreachable', `dial tcp ${address}: connect: no route to host`, CHECK_SERVER)
    case 'ENETUNREACH':
      return fault('unreachable', `dial tcp ${address}: connect: network is unreachable`, CHECK_SERVER)
    case STREAM_REFUSED:
      return new ConnectionError(`Unable to connect to the server: ${error.message}`, { kind: 'lost', cause })
    case 'ECONNRESET':
    case 'EPIPE':
      return wasSent ? fault('lost', 'read: connection reset by peer') : fault('unreachable', 'EOF', CHECK_SERVER)
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
    case 'ERR_SSL_HTTP_REQUEST':
      return fault('tls', 'http: server gave HTTP response to HTTPS client', 'does the server speak http:// there?')
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return fault('tls', `tls: failed to verify certificate: x509: ${wrongName(error, target)}`, CHECK_NAME)
    case 'CERT_HAS_EXPIRED':
      return fault(
        'tls',
        `${UNVERIFIED} certificate has expired or is not yet valid`,
        'renew the certificate of the server',
      )
    case 'CERT_NOT_YET_VALID':
      return fault(
        'tls',
        `${UNVERIFIED} certificate has expired or is not yet valid`,
        'compare the clocks of both machines',
      )
    default:
      if (AUTHORITY_CODES.has(code)) {
        return fault('tls', `${UNVERIFIED} certificate signed by unknown authority`, CHECK_AUTHORITY)
      }
      if (code.startsWith('ERR_SSL_')) return fault('tls', `remote error: tls: ${tlsReason(error.message, code)}`)
      return fault(wasSent ? 'lost' : 'unreachable', error.message)
  }
}

const UNVERIFIED = 'tls: failed to verify certificate: x509:'
const CHECK_SERVER = 'check the server of the cluster in the kubeconfig, the network and the proxy settings'
const CHECK_NAME = 'use a name that the certificate has, or say which one it has with --tls-server-name'
const CHECK_AUTHORITY = 'check certificate-authority of the cluster in the kubeconfig, or give --certificate-authority'

// OpenSSL's X509_V_ERR_… as Node names them; Go calls them all by one name.
const AUTHORITY_CODES: ReadonlySet<string> = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'INVALID_CA',
])

function wrongName({ cert }: SystemError, { host, serverName }: Target): string {
  const wanted = (serverName ?? host).replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  const names = (cert?.subjectaltname ?? '').split(', ').map((entry) => entry.split(':'))
  const kind = /^[\d.]+$|:/.test(wanted) ? 'IP Address' : 'DNS'
  const valid = names.filter(([label]) => label === kind).map(([, ...value]) => value.join(':'))
  if (valid.length > 0) return `certificate is valid for ${valid.join(', ')}, not ${wanted}`
  return kind === 'DNS'
    ? `certificate is not valid for any names, but wanted to match ${wanted}`
    : `cannot validate certificate for ${wanted} because it doesn't contain any IP SANs`
}

// "…:SSL routines:ssl3_read_bytes:tlsv1 alert bad certificate:…" holds the peer's reason in the middle.
function tlsReason(message: string, code: string): string {
  return /alert ([a-z ]+)/.exec(message)?.[1] ?? code.replace('ERR_SSL_', '').toLowerCase().replaceAll('_', ' ')
}
