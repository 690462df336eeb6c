import type { Duplex } from 'node:stream'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { apiErrorOf, isApiError } from '../api-error.ts'
import { ConnectionError, describeNetworkFault, isConnectionError } from '../connection-error.ts'
import { exchangeOver } from '../http/exchange-over.ts'
import { secureContextFor } from '../http/tls-context.ts'
import type { StreamParts } from './channel-socket.ts'
import { openPodConnection, type PodTarget } from './pod-connection.ts'

const MAX_BODY_BYTES = 64 << 20

export interface PodRequest extends PodTarget {
  port: number
  path: string
  accept?: string | undefined
}

export interface PodRequestOptions {
  signal?: AbortSignal | undefined
  timeoutMs: number
}

/**
 * GETs something over HTTPS from a part of Kubernetes that runs as a pod and knows the cluster's users: with the user's
 * own client certificate and bearer token, which a request through the API server's proxy would lose. The server's
 * certificate is not checked (such parts make their own at each start); what vouches for the other end is the
 * API server, which connects us. So only to be used for pods that the cluster's own operators have made.
 * @throws ApiError when the pod's server or the API server refuses, ConnectionError, or the signal's reason
 */
export async function getFromPod(
  parts: StreamParts,
  target: PodRequest,
  { signal, timeoutMs }: PodRequestOptions,
): Promise<string> {
  const { credentials, connection } = parts
  if (connection.impersonation.length > 0) {
    throw new ConnectionError('error: only the API server knows whom to impersonate', { kind: 'credentials' })
  }
  const limit = AbortSignal.timeout(timeoutMs)
  const either = signal === undefined ? limit : AbortSignal.any([signal, limit])
  try {
    const authorization = await credentials.authorization()
    const context = secureContextFor(undefined, credentials.certificate())
    const raw = await openPodConnection(parts, target, target.port, { signal: either })
    const secure = connectTls({ socket: raw, secureContext: context, rejectUnauthorized: false })
    try {
      return await exchange(raw, secure, target, {
        host: `${target.pod}:${target.port}`,
        ...parts.headers,
        ...(target.accept === undefined ? {} : { accept: target.accept }),
        // A password is for the API server alone.
        ...(authorization?.startsWith('Bearer ') ? { authorization } : {}),
      })
    } finally {
      secure.destroy()
      raw.destroy()
    }
  } catch (error) {
    signal?.throwIfAborted()
    if (!limit.aborted) throw error
    throw new ConnectionError(`error: pod "${target.pod}" gave no answer within ${timeoutMs / 1000}s`, {
      kind: 'timeout',
      wasSent: true,
    })
  }
}

async function exchange(
  raw: Duplex,
  secure: TLSSocket,
  { port, path, pod }: PodRequest,
  headers: Record<string, string>,
): Promise<string> {
  try {
    const { code, headers: received, body } = await exchangeOver(secure, { path, headers }, MAX_BODY_BYTES, raw)
    if (code === 200) return body.toString('utf8')
    throw apiErrorOf(code, body, received['retry-after'])
  } catch (error) {
    if (isConnectionError(error) || isApiError(error)) throw error
    throw describeNetworkFault(error, { host: `${pod}:${port}` }, true)
  }
}
