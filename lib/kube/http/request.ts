import { type ApiError, apiErrorOf, isApiError } from '../api-error.ts'
import { ConnectionError, isConnectionError } from '../connection-error.ts'
import type { Credentials } from '../credentials/credentials.ts'
import { pause } from '../pause.ts'
import { findCreated } from './created-before.ts'
import type { KubeRequest, KubeResponse, Query, Requester, RequestSample } from './kube-request.ts'
import type { Lanes } from './lanes.ts'
import { requestTarget } from './request-target.ts'
import { pauseBeforeRetry } from './retry.ts'
import type { Answer, Transport, WireRequest } from './transport.ts'

/** Generous for a page of a list or the metrics of a large API server, and no way to fill the memory. */
const MAX_BODY_BYTES = 256 << 20

export interface RequesterParts {
  lanes: Pick<Lanes, 'refreshCertificate'>
  transport: Transport
  credentials: Credentials
  /** Sent with every request. */
  headers: Readonly<Record<string, string>>
  timeoutMs: number
  onSample: (sample: RequestSample) => void
  /** A request that has failed is about to be tried again. */
  onRetry: () => void
}

/** Makes requests by the retry policy. A failed one rejects with ApiError, ConnectionError, or the signal's reason. */
export function createRequester(parts: RequesterParts): Requester {
  const { lanes, transport, credentials } = parts
  let hasAnswered = false

  const attemptOnce = async (wire: WireRequest, attempt: number): Promise<Answer> => {
    const authorization = credentials.authorization()
    const header = typeof authorization === 'object' ? await authorization : authorization
    const answer = await sampled(wire, attempt, header)
    hasAnswered = true
    if (answer.code >= 200 && answer.code < 300) return answer
    const error = apiErrorOf(answer.code, answer.body, textOf(answer.headers['retry-after']))
    if (answer.code !== 401 || attempt > 1 || !(await credentials.renew(header))) throw error
    lanes.refreshCertificate()
    parts.onRetry()
    return attemptOnce(wire, attempt + 1)
  }

  const sampled = async (wire: WireRequest, attempt: number, authorization: string | undefined): Promise<Answer> => {
    let startedAtMs: number | undefined
    const sample = (code: number, endMs: number) => {
      if (startedAtMs === undefined) return
      const { verb, resource } = requestTarget(wire.method, wire.path)
      const durationMs = endMs - startedAtMs
      parts.onSample({ verb, resource, code, startedAtMs, durationMs, attempt, throttled: code === 429 })
    }
    const onSent = (sentMs: number) => {
      startedAtMs = sentMs
      wire.onSent?.(sentMs)
    }
    try {
      const answer = await transport.send({ ...wire, onSent }, authorization, MAX_BODY_BYTES)
      sample(answer.code, answer.receivedMs)
      return answer
    } catch (error) {
      if (isConnectionError(error)) sample(0, performance.now())
      throw error
    }
  }

  const request: Requester = async (request) => {
    const { signal } = request
    let firstSentMs: number | undefined
    const wire = wireRequest(request, parts, (sentMs) => {
      if (firstSentMs !== undefined) return
      firstSentMs = sentMs
      request.onSent?.(sentMs)
    })
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await attemptOnce(wire, attempt)
        return response(answer, firstSentMs ?? answer.sentMs, attempt)
      } catch (error) {
        if (!isApiError(error) && !isConnectionError(error)) throw error
        error.attempts = attempt
        if (attempt > 1 && isApiError(error) && error.reason === 'AlreadyExists') {
          const found = await findCreated(plainRequest, request)
          if (found !== undefined) return { ...found, sentMs: firstSentMs ?? found.sentMs, attempts: attempt }
        }
        const pauseMs = request.retry === false ? undefined : pauseMsFor(error, attempt, request)
        if (pauseMs === undefined) throw error
        parts.onRetry()
        if (pauseMs > 0) await pause(pauseMs, signal)
      }
    }
  }
  const plainRequest: Requester = (other) => request(other)
  const pauseMsFor = (error: ApiError | ConnectionError, attempt: number, request: KubeRequest) =>
    pauseBeforeRetry(error, { attempt, isRepeatable: isRepeatable(request), hasAnswered, random: Math.random() })
  return request
}

/** The path of a request with its query. */
export function withQuery(path: string, query: Query | undefined): string {
  if (query === undefined) return path
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.append(key, String(value))
  return search.size === 0 ? path : `${path}?${search.toString()}`
}

function wireRequest(request: KubeRequest, parts: RequesterParts, onSent: (sentMs: number) => void): WireRequest {
  const { body } = request
  const contentType = body === undefined ? undefined : (request.contentType ?? 'application/json')
  return {
    method: request.method,
    path: withQuery(request.path, request.query),
    headers: {
      ...parts.headers,
      ...(request.accept === undefined ? {} : { accept: request.accept }),
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
    },
    body: body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    lane: request.lane ?? 'requests',
    timeoutMs: request.timeoutMs ?? parts.timeoutMs,
    signal: request.signal,
    onSent,
  }
}

/**
 * Everything but a JSON patch, which can add twice, and the creation of an object that the server names. A second
 * creation under the same name is refused, and `findCreated` knows what to make of that.
 */
function isRepeatable({ method, contentType, body }: KubeRequest): boolean {
  if (method === 'PATCH') return contentType !== 'application/json-patch+json'
  if (method !== 'POST' || body === undefined) return true
  return !(typeof body === 'string' ? body : JSON.stringify(body)).includes('"generateName"')
}

function response(answer: Answer, sentMs: number, attempts: number): KubeResponse {
  const { code, headers, body, receivedMs } = answer
  return {
    code,
    headers,
    body,
    sentMs,
    receivedMs,
    attempts,
    text: () => body.toString('utf8'),
    json: () => parseJson(body),
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (error) {
    throw new ConnectionError('error: the server answered with something that is no JSON', {
      kind: 'bad-answer',
      wasSent: true,
      cause: error,
      advice: ['check that the server of the kubeconfig is a Kubernetes API server, and no proxy answers in its place'],
    })
  }
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
