import { type ApiError, apiErrorOfStatus, isApiError } from '../api-error.ts'
import { ConnectionError, isConnectionError } from '../connection-error.ts'
import type { Credentials } from '../credentials/credentials.ts'
import type { Requester } from '../http/kube-request.ts'
import type { Lanes } from '../http/lanes.ts'
import { withQuery } from '../http/request.ts'
import { backOff, pauseBeforeRetry } from '../http/retry.ts'
import type { Transport } from '../http/transport.ts'
import { pause } from '../pause.ts'
import { listAll } from './list.ts'
import { watchLines } from './watch-stream.ts'

/** Like client-go: the server is asked to end a watch after 5 to 10 minutes, not all of them at once. That is no cut. */
const MIN_LIFE_SECONDS = 300
/** A watch that lives shorter is followed by a pause, or a server that ends it at once would be asked in a loop. */
const SHORT_LIFE_MS = 1000

export interface WatchOptions<T> {
  labelSelector?: string | undefined
  fieldSelector?: string | undefined
  /** Begin after this one, as a list has given it. Without it, what exists comes as ADDED first. */
  resourceVersion?: string | undefined
  signal?: AbortSignal | undefined
  /** Called each time the server has accepted the watch: from then on events come as they happen. */
  onOpen?: (() => void) | undefined
  /** Makes the object of a line `{"type":…,"object":…}`, for whoever needs but little of it. Default: JSON.parse. */
  extract?: ((line: Buffer) => T) | undefined
}

interface Received {
  /** performance.now() when the event had arrived, before anything was parsed. */
  receivedMs: number
}

export interface ObjectEvent<T> extends Received {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  object: T
  /** Length of the line. */
  bytes: number
}

/**
 * Events were missed, and the server cannot tell them any more: this is everything there is now. What the watcher knows
 * and is not in it was deleted; what is in it may have changed.
 */
export interface RelistEvent<T> extends Received {
  type: 'RELIST'
  items: T[]
  resourceVersion: string
}

export type WatchEvent<T> = ObjectEvent<T> | RelistEvent<T>

export interface WatchParts {
  lanes: Pick<Lanes, 'refreshCertificate'>
  transport: Transport
  credentials: Credentials
  request: Requester
  headers: Readonly<Record<string, string>>
  timeoutMs: number
  counts: { watchResumes: number; watchRelists: number }
}

/**
 * Follows a collection until the signal aborts, over all the cuts that servers and networks make: it goes on after the
 * last event it has seen, and lists anew where the server has forgotten that one.
 * @throws ApiError where the server refuses, ConnectionError where it stays away, the signal's reason
 */
export async function* watchCollection<T>(
  parts: WatchParts,
  path: string,
  options: WatchOptions<T> = {},
): AsyncGenerator<WatchEvent<T>> {
  const { signal, extract = parseObject as (line: Buffer) => T } = options
  const position = { resourceVersion: options.resourceVersion, lastLine: undefined as Buffer | undefined }
  // Whatever ends a watch that was open cuts it, but for its own time and the loss of its place.
  let wasCut = false
  for (let failures = 0; ; ) {
    signal?.throwIfAborted()
    const startedMs = performance.now()
    const lifeSeconds = Math.round(MIN_LIFE_SECONDS * (1 + Math.random()))
    const authorization = await parts.credentials.authorization()
    try {
      const wire = wireRequest(parts, path, options, position.resourceVersion, lifeSeconds)
      const onOpen = () => {
        if (wasCut) parts.counts.watchResumes += 1
        wasCut = true
        options.onOpen?.()
      }
      for await (const lines of watchLines(parts.transport, wire, authorization, onOpen)) {
        failures = 0
        for (const { line, receivedMs } of lines) {
          const type = typeOf(line)
          if (type === 'ERROR') throw errorIn(line)
          position.lastLine = line
          if (type === 'BOOKMARK') continue
          yield { type, object: extract(line), receivedMs, bytes: line.length }
        }
      }
      const livedMs = performance.now() - startedMs
      if (livedMs >= lifeSeconds * 1000) wasCut = false
      if (livedMs < SHORT_LIFE_MS) {
        await pause(backOff({ attempt: ++failures, random: Math.random() }), signal)
      }
    } catch (error) {
      if (!isApiError(error) && !isConnectionError(error)) throw error
      if (isApiError(error) && error.code === 410) {
        if (++failures > 1) await pause(backOff({ attempt: failures, random: Math.random() }), signal)
        parts.counts.watchRelists += 1
        wasCut = false
        // Its items are objects, where the extractor takes events.
        const list = await listAll<unknown>(parts.request, path, { ...options, extract: undefined })
        position.resourceVersion = list.resourceVersion
        position.lastLine = undefined
        yield {
          type: 'RELIST',
          items: list.items.map((object) => extract(Buffer.from(JSON.stringify({ type: 'ADDED', object })))),
          resourceVersion: list.resourceVersion,
          receivedMs: performance.now(),
        }
        continue
      }
      await recover(parts, error, ++failures, authorization, signal)
    }
    position.resourceVersion = versionOf(position.lastLine) ?? position.resourceVersion
  }
}

/** Waits as long as the retry policy says, or throws what cannot be mended. */
async function recover(
  parts: WatchParts,
  error: ApiError | ConnectionError,
  failures: number,
  authorization: string | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (isApiError(error) && error.code === 401 && failures === 1 && (await parts.credentials.renew(authorization))) {
    parts.lanes.refreshCertificate()
    return
  }
  const context = { attempt: failures, isRepeatable: true, hasAnswered: true, random: Math.random() }
  const pauseMs = pauseBeforeRetry(error, context)
  if (pauseMs === undefined) throw error
  await pause(pauseMs, signal)
}

function wireRequest(
  parts: WatchParts,
  path: string,
  { labelSelector, fieldSelector, signal }: WatchOptions<unknown>,
  resourceVersion: string | undefined,
  lifeSeconds: number,
) {
  const query = {
    watch: 1,
    allowWatchBookmarks: true,
    timeoutSeconds: lifeSeconds,
    labelSelector,
    fieldSelector,
    resourceVersion,
  }
  return {
    method: 'GET',
    path: withQuery(path, query),
    headers: parts.headers,
    body: undefined,
    lane: 'watches',
    timeoutMs: parts.timeoutMs,
    signal,
    onSent: undefined,
  } as const
}

type LineType = ObjectEvent<unknown>['type'] | 'BOOKMARK' | 'ERROR'

const TYPE_PREFIX = '{"type":"'

/** Servers write the type first: then the line need not be parsed to know it. */
function typeOf(line: Buffer): LineType {
  const head = line.toString('latin1', 0, 24)
  const type = head.startsWith(TYPE_PREFIX)
    ? head.slice(TYPE_PREFIX.length, head.indexOf('"', TYPE_PREFIX.length))
    : parseLine(line).type
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
    case 'BOOKMARK':
    case 'ERROR':
      return type
    default:
      throw notAWatch()
  }
}

interface Line {
  type?: unknown
  object?: unknown
}

function parseLine(line: Buffer): Line {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'))
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Falls through: both cases are the same fault.
  }
  throw notAWatch()
}

function parseObject(line: Buffer): unknown {
  return parseLine(line).object
}

function errorIn(line: Buffer): ApiError {
  const status = (parseLine(line).object ?? {}) as { code?: number; reason?: string; message?: string }
  return apiErrorOfStatus({
    ...status,
    code: status.code ?? 500,
    reason: status.reason ?? '',
    message: status.message ?? '',
  })
}

/** Only when a watch is cut does anybody need to know how far it had come. */
function versionOf(line: Buffer | undefined): string | undefined {
  if (line === undefined) return undefined
  const object = parseLine(line).object as { metadata?: { resourceVersion?: string } } | undefined
  return object?.metadata?.resourceVersion
}

function notAWatch(): ConnectionError {
  return new ConnectionError('error: the server answered a watch with something that is no watch event', {
    kind: 'bad-answer',
    wasSent: true,
  })
}
