import type { Duplex } from 'node:stream'
import { isApiError } from './api-error.ts'
import {
  type CollectedList,
  type FoldedList,
  foldList,
  type ListOptions,
  listAll,
  listPages,
} from './collections/list.ts'
import { type WatchEvent, type WatchOptions, watchCollection } from './collections/watch.ts'
import { ConnectionError } from './connection-error.ts'
import { openCredentials } from './credentials/open-credentials.ts'
import { shareSignals } from './http/cancellation.ts'
import type { KubeRequest, KubeResponse, Requester, RequestOptions, RequestSample } from './http/kube-request.ts'
import { openLanes } from './http/lanes.ts'
import { createRequester } from './http/request.ts'
import { openTransport } from './http/transport.ts'
import type { Connection } from './kubeconfig/connection.ts'
import type { ConnectionOptions, Environment } from './kubeconfig/connection-options.ts'
import { resolveConnection } from './kubeconfig/resolve-connection.ts'
import type { StreamParts } from './streams/channel-socket.ts'
import { type ExecOptions, type ExecTarget, type RunningCommand, startExec } from './streams/exec.ts'
import { openPodConnection, type PodConnectionOptions, type PodTarget } from './streams/pod-connection.ts'
import type { PodRequest, PodRequestOptions } from './streams/pod-request.ts'

export type { KubeRequest, KubeResponse, RequestOptions, RequestSample } from './http/kube-request.ts'

export interface ClientStatistics {
  /** TLS (or TCP) connections opened so far, those of watches included. */
  connections: number
  /** Requests tried again, whatever for. */
  retries: number
  /** Answers of the kind 429. */
  throttles: number
  /** Watches that were cut and went on from where they were. */
  watchResumes: number
  /** Watches whose place in history was gone, so that the collection was listed anew. */
  watchRelists: number
}

export interface DeleteOptions extends RequestOptions {
  gracePeriodSeconds?: number | undefined
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan' | undefined
}

/**
 * A cluster's API. All requests share few connections and one retry policy. Everything that fails throws ApiError (the
 * server said no), ConnectionError (it said nothing), or the reason of the signal. Paths are those of the API server,
 * e.g. `/api/v1/namespaces/x/pods`.
 */
export interface KubeClient extends AsyncDisposable {
  readonly contextName: string
  /** As the kubeconfig writes it. */
  readonly server: string
  /** The user's name in the kubeconfig; the server may know it by another. */
  readonly userName: string
  /** Where objects go whose namespace nobody names. */
  readonly namespace: string
  request(request: KubeRequest): Promise<KubeResponse>
  getJson<T>(path: string, options?: RequestOptions): Promise<T>
  create<T>(path: string, object: string | object, options?: RequestOptions): Promise<T>
  /** A merge patch (RFC 7386) unless the content type says otherwise. */
  patch<T>(path: string, patch: string | object, options?: RequestOptions): Promise<T>
  /** Resolves as soon as the server has accepted it; the object may take longer to go. */
  delete(path: string, options?: DeleteOptions): Promise<void>
  deleteCollection(
    path: string,
    options?: DeleteOptions & Pick<ListOptions, 'labelSelector' | 'fieldSelector'>,
  ): Promise<void>
  list<T>(path: string, options?: ListOptions<T>): Promise<CollectedList<T>>
  listPages<T>(path: string, options?: ListOptions<T>): AsyncGenerator<CollectedList<T>>
  /** Reads a collection without holding it: each item is added to what `begin` makes; see `foldList`. */
  fold<T, S>(
    path: string,
    options: ListOptions<T>,
    begin: () => S,
    add: (result: S, item: T) => void,
  ): Promise<FoldedList<S>>
  watch<T>(path: string, options?: WatchOptions<T>): AsyncGenerator<WatchEvent<T>>
  /** Runs a command in a container. Never throws; what goes wrong rejects the promises of the result. */
  exec(target: ExecTarget, command: readonly string[], options: ExecOptions): RunningCommand
  /** Opens a connection to a port of a pod, without listening anywhere. */
  connectToPod(target: PodTarget, port: number, options?: PodConnectionOptions): Promise<Duplex>
  /** GETs something from a part of Kubernetes that runs as a pod, as this user; see `getFromPod`. */
  getFromPod(request: PodRequest, options: PodRequestOptions): Promise<string>
  /** Tells every try of every request; returns how to stop that. */
  observe(listener: (sample: RequestSample) => void): () => void
  statistics(): ClientStatistics
}

/**
 * Finds the cluster as kubectl would and makes a client for it. Connections are opened when they are first needed.
 * @throws KubeconfigError
 */
export async function connect(
  options: ConnectionOptions,
  environment: Environment,
  { signal, userAgent = 'kubectl-perf' }: { signal?: AbortSignal; userAgent?: string } = {},
): Promise<KubeClient> {
  const connection = await resolveConnection(options, environment)
  signal?.throwIfAborted()
  return createClient(connection, userAgent)
}

async function createClient(connection: Connection, userAgent: string): Promise<KubeClient> {
  const credentials = await openCredentials(connection)
  const lanes = openLanes(connection, credentials)
  const cancellation = shareSignals()
  const closing = new AbortController()
  const transport = openTransport(lanes, connection, cancellation)
  const listeners = new Set<(sample: RequestSample) => void>()
  const counts = { retries: 0, throttles: 0, watchResumes: 0, watchRelists: 0 }
  const headers = { accept: 'application/json', 'user-agent': userAgent }
  const request: Requester = createRequester({
    lanes,
    transport,
    credentials,
    headers,
    timeoutMs: connection.requestTimeoutMs,
    onSample(sample) {
      if (sample.throttled) counts.throttles += 1
      for (const listener of listeners) listener(sample)
    },
    onRetry() {
      counts.retries += 1
    },
  })
  const watchParts = { lanes, transport, credentials, headers, request, counts, timeoutMs: connection.requestTimeoutMs }
  const streamParts: StreamParts = {
    lanes,
    credentials,
    connection,
    cancellation,
    // A type to accept would go on to the container runtime, which has none to offer and refuses.
    headers: { 'user-agent': userAgent },
    closing: closing.signal,
  }

  return {
    contextName: connection.contextName,
    server: connection.server,
    userName: connection.userName,
    namespace: connection.namespace,
    request,
    getJson: async <T>(path: string, options?: RequestOptions) =>
      (await request({ ...options, method: 'GET', path })).json() as T,
    create: async <T>(path: string, body: string | object, options?: RequestOptions) =>
      (await request({ ...options, method: 'POST', path, body })).json() as T,
    patch: async <T>(path: string, body: string | object, options?: RequestOptions) =>
      (
        await request({ contentType: 'application/merge-patch+json', ...options, method: 'PATCH', path, body })
      ).json() as T,
    delete: (path, options) => remove(request, path, options),
    deleteCollection: (path, { labelSelector, fieldSelector, ...options } = {}) =>
      remove(request, path, { ...options, query: { ...options.query, labelSelector, fieldSelector } }),
    list: (path, options) => listAll(request, path, options),
    listPages: (path, options) => listPages(request, path, options),
    fold: (path, options, begin, add) => foldList(request, path, options, begin, add),
    watch: (path, options) => watchCollection(watchParts, path, options),
    exec: (target, command, options) => startExec(streamParts, target, command, options),
    connectToPod: (target, port, options) => openPodConnection(streamParts, target, port, options),
    async getFromPod(target, options) {
      const { getFromPod } = await import('./streams/pod-request.ts')
      return getFromPod(streamParts, target, options)
    },
    observe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    statistics: () => ({ connections: lanes.opened, ...counts }),
    async [Symbol.asyncDispose]() {
      const closed = new ConnectionError('error: the connection to the cluster was closed', { kind: 'closed' })
      closing.abort(closed)
      lanes.destroy(closed)
    },
  }
}

async function remove(request: Requester, path: string, options: DeleteOptions = {}): Promise<void> {
  const { gracePeriodSeconds, propagationPolicy, ...rest } = options
  const query = { ...rest.query, gracePeriodSeconds, propagationPolicy }
  try {
    await request({ ...rest, method: 'DELETE', path, query })
  } catch (error) {
    // Gone at the second try: the first one did it.
    if (!isApiError(error) || error.code !== 404 || error.attempts === 1) throw error
  }
}
