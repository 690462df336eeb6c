import { Duplex } from 'node:stream'
import { ConnectionError } from '../connection-error.ts'
import { type ChannelSocket, openChannels, type StreamParts } from './channel-socket.ts'

// Port-forward over "v4.channel.k8s.io" (kubelet pkg/cri/streaming/portforward/websocket.go): two channels, each of
// which begins with the port as two bytes. All servers know it; the newer tunnel for SPDY adds only half-closing.
const PROTOCOL = 'v4.channel.k8s.io'
const DATA = 0
const ERROR = 1
const PORT_BYTES = 2
/** Of what the other side says is wrong; a reason is far shorter. */
const MAX_REASON_CHARACTERS = 4096

export interface PodTarget {
  namespace: string
  pod: string
}

export interface PodConnectionOptions {
  /** Also ends the connection when it is open. */
  signal?: AbortSignal | undefined
}

/**
 * Opens a connection to a port of a pod, as a process in the pod would to 127.0.0.1. It emits ConnectionError when
 * nobody listens there or it breaks. There is no half-closing: the pod learns of `end()` only by `destroy()`.
 * @throws ApiError, ConnectionError, or the signal's reason
 */
export async function openPodConnection(
  parts: StreamParts,
  { namespace, pod }: PodTarget,
  port: number,
  { signal }: PodConnectionOptions = {},
): Promise<Duplex> {
  const stop = new AbortController()
  let socket: ChannelSocket | undefined
  let errorText = ''
  const seen = [0, 0]

  const duplex = new Duplex({
    read: () => socket?.resume(),
    write(chunk: Buffer, _encoding, callback) {
      // What cannot be written any more is no reason by itself: that comes with the end of the socket.
      if (socket === undefined) callback()
      else socket.send(DATA, chunk, () => callback())
    },
    destroy(error, callback) {
      for (const forget of forgets) forget()
      stop.abort(error)
      socket?.close()
      callback(error)
    },
  })
  const fail = (reason: unknown) => {
    stop.abort(reason)
    // Until the caller has it, the reason is thrown.
    if (socket !== undefined) duplex.destroy(reason as Error)
  }
  const events = {
    onMessage(channel: number, data: Buffer) {
      const before = seen[channel]
      if (before === undefined) return
      seen[channel] = before + data.length
      const payload = data.subarray(Math.max(0, PORT_BYTES - before))
      if (payload.length === 0) return
      if (channel === ERROR) errorText = (errorText + payload.toString('utf8')).slice(0, MAX_REASON_CHARACTERS)
      else if (!duplex.push(payload)) socket?.pause()
    },
    onClose(fault: ConnectionError | undefined) {
      if (errorText !== '') fail(forwardingFailed(errorText))
      else if (fault === undefined) duplex.push(null)
      else fail(fault)
    },
  }
  const forgets: (() => void)[] = []
  for (const abort of [signal, parts.closing]) {
    abort?.throwIfAborted()
    if (abort !== undefined) forgets.push(parts.cancellation.add(abort, fail))
  }
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/portforward?ports=${port}`
  const request = { path, protocols: [PROTOCOL], resource: 'pods/portforward' }
  try {
    const opened = await openChannels(parts, request, events, stop.signal)
    if (stop.signal.aborted) opened.destroy()
    stop.signal.throwIfAborted()
    socket = opened
    return duplex
  } catch (error) {
    for (const forget of forgets) forget()
    throw error
  }
}

function forwardingFailed(reason: string): ConnectionError {
  const isRefused = /connection refused/.test(reason)
  return new ConnectionError(`error: ${reason}`, {
    kind: isRefused ? 'refused' : 'lost',
    wasSent: true,
    ...(isRefused ? { advice: ['does a container of the pod listen on that port, on 127.0.0.1 too?'] } : {}),
  })
}
