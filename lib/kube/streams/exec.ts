import { MAX_ERROR_BYTES } from '../api-error.ts'
import { ConnectionError } from '../connection-error.ts'
import { type ChannelSocket, openChannels, type StreamParts } from './channel-socket.ts'
import { exitCodeOf } from './exec-status.ts'

// Channels and subprotocols of exec (apimachinery pkg/util/remotecommand/constants.go).
const STDIN = 0
const STDOUT = 1
const STDERR = 2
const STATUS = 3
const CLOSE = 255
/** Since v1.30; says when stdin ends. */
const V5 = 'v5.channel.k8s.io'
/** Of older servers; cannot say that. */
const V4 = 'v4.channel.k8s.io'

const DEFAULT_MAX_OUTPUT_BYTES = 16 << 20
/** So long after its status the other end may take to close the connection. */
const CLOSE_GRACE_MS = 2000

export interface ExecTarget {
  namespace: string
  pod: string
  /** Default: what the API server takes, which is the only container or the annotated one. */
  container?: string | undefined
}

export interface ExecOptions {
  /** true: `write` and `endInput` feed it. A text: all there is to read. Default: there is no input. */
  stdin?: boolean | string | undefined
  signal?: AbortSignal | undefined
  /** For all of it: opening the connection, and running the command. */
  timeoutMs: number
  /** `atMs` is performance.now() when the piece had come. Everything also stands in the result. */
  onStdout?: ((chunk: Uint8Array, atMs: number) => void) | undefined
  onStderr?: ((chunk: Uint8Array, atMs: number) => void) | undefined
  /** Of both streams together; default 16 MiB. */
  maxOutputBytes?: number | undefined
}

export interface ExecResult {
  stdout: string
  stderr: string
  exitCode: number
}

/** A command that runs in a container. */
export interface RunningCommand {
  /**
   * The connection stands, at performance.now(). Whether the command has begun, only its output can tell. Of many
   * commands in one container, all should have begun before the first one ends: container runtimes are slow at both at once.
   */
  opened: Promise<{ atMs: number }>
  /** Also before it is open; not after `endInput`. What comes after the command's end is lost. */
  write(text: string): void
  /** The command reads the end of its input. */
  endInput(): void
  /**
   * Resolves when the command has ended, with whatever exit code, and all its output is here. Everything else rejects
   * it (and `opened` too, if it comes so early): ApiError, ConnectionError, or the signal's reason. Neither has to be
   * waited for.
   */
  done: Promise<ExecResult>
}

/**
 * Runs a command in a container, over a connection of its own. When the signal aborts or the time is up, the connection
 * is closed: the command's input ends, and its output goes nowhere. Kubernetes knows no way to end a command that heeds
 * neither.
 */
export function startExec(
  parts: StreamParts,
  target: ExecTarget,
  command: readonly string[],
  options: ExecOptions,
): RunningCommand {
  const { signal, timeoutMs, maxOutputBytes = DEFAULT_MAX_OUTPUT_BYTES } = options
  const hasInput = options.stdin !== undefined && options.stdin !== false
  const opened = Promise.withResolvers<{ atMs: number }>()
  const done = Promise.withResolvers<ExecResult>()
  // Who waits for one of them only must not be struck down by the other.
  opened.promise.catch(() => {})
  done.promise.catch(() => {})

  const stop = new AbortController()
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  const status: Buffer[] = []
  const early: (() => void)[] = []
  let outputBytes = 0
  let statusBytes = 0
  let inputEnded = false
  let settled = false
  let socket: ChannelSocket | undefined
  let grace: NodeJS.Timeout | undefined

  const settle = () => {
    if (settled) return false
    settled = true
    clearTimeout(timer)
    clearTimeout(grace)
    for (const forget of forgets) forget()
    return true
  }
  const fail = (reason: unknown) => {
    if (!settle()) return
    if (socket?.protocol === V5 && hasInput && !inputEnded) socket.send(CLOSE, Uint8Array.of(STDIN))
    socket?.close()
    stop.abort(reason)
    opened.reject(reason)
    done.reject(reason)
  }
  const conclude = (fault: ConnectionError | undefined) => {
    if (settled) return
    if (status.length === 0) {
      fail(fault ?? withoutStatus())
      return
    }
    try {
      const exitCode = exitCodeOf(Buffer.concat(status).toString('utf8'))
      settle()
      done.resolve({ stdout: textOf(stdout), stderr: textOf(stderr), exitCode })
    } catch (error) {
      fail(error)
    }
  }
  const keep = (chunks: Buffer[], chunk: Buffer, tell: ExecOptions['onStdout']) => {
    const atMs = performance.now()
    // The server's first message is an empty one, to say that it is there.
    if (chunk.length === 0 || settled) return
    outputBytes += chunk.length
    if (outputBytes > maxOutputBytes) {
      fail(tooMuch(maxOutputBytes, 'the command wrote'))
      return
    }
    chunks.push(chunk)
    tell?.(chunk, atMs)
  }
  const endSoon = () => {
    socket?.destroy()
    conclude(undefined)
  }
  const whenOpen = (action: () => void) => {
    if (settled) return
    if (socket === undefined) early.push(action)
    else action()
  }
  const write = (text: string) => {
    if (!hasInput || inputEnded) throw new Error('this command has no input, or it has ended')
    whenOpen(() => socket?.send(STDIN, Buffer.from(text)))
  }
  const endInput = () => {
    if (!hasInput || inputEnded) return
    inputEnded = true
    whenOpen(() => {
      if (socket?.protocol === V5) socket.send(CLOSE, Uint8Array.of(STDIN))
      else fail(cannotEndInput())
    })
  }

  const timer = setTimeout(() => fail(timedOut(timeoutMs)), timeoutMs)
  const forgets: (() => void)[] = []
  for (const abort of [signal, parts.closing]) {
    if (abort?.aborted) fail(abort.reason)
    else if (abort !== undefined) forgets.push(parts.cancellation.add(abort, fail))
  }
  if (typeof options.stdin === 'string' && !settled) {
    write(options.stdin)
    endInput()
  }
  const open = async () => {
    const request = { path: execPath(target, command, hasInput), protocols: [V5, V4], resource: 'pods/exec' }
    const events = {
      onMessage(channel: number, data: Buffer) {
        if (channel === STDOUT) keep(stdout, data, options.onStdout)
        else if (channel === STDERR) keep(stderr, data, options.onStderr)
        else if (channel === STATUS && data.length > 0 && !settled) {
          statusBytes += data.length
          status.push(data)
          // The status is the last that comes. A connection that stays open after it makes no difference.
          grace ??= setTimeout(endSoon, CLOSE_GRACE_MS)
          if (statusBytes > MAX_ERROR_BYTES) fail(tooMuch(MAX_ERROR_BYTES, 'the status of the command has'))
        }
      },
      onClose: conclude,
    }
    socket = await openChannels(parts, request, events, stop.signal)
    opened.resolve({ atMs: performance.now() })
    if (settled) {
      socket.destroy()
      return
    }
    for (const action of early.splice(0)) action()
  }
  if (!settled) open().catch(fail)
  return { opened: opened.promise, write, endInput, done: done.promise }
}

function execPath({ namespace, pod, container }: ExecTarget, command: readonly string[], stdin: boolean): string {
  const query = new URLSearchParams()
  if (container !== undefined) query.append('container', container)
  for (const word of command) query.append('command', word)
  if (stdin) query.append('stdin', 'true')
  query.append('stdout', 'true')
  query.append('stderr', 'true')
  const pods = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`
  return `${pods}/${encodeURIComponent(pod)}/exec?${query.toString()}`
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8')
}

function withoutStatus(): ConnectionError {
  return new ConnectionError('error: lost connection to pod: it closed before it told the exit code', {
    kind: 'lost',
    wasSent: true,
  })
}

function timedOut(timeoutMs: number): ConnectionError {
  return new ConnectionError(`error: timed out after ${timeoutMs / 1000}s waiting for the command to end`, {
    kind: 'timeout',
    wasSent: true,
  })
}

function tooMuch(maxBytes: number, what: string): ConnectionError {
  return new ConnectionError(`error: ${what} more than ${maxBytes} bytes`, {
    kind: 'bad-answer',
    wasSent: true,
  })
}

function cannotEndInput(): ConnectionError {
  return new ConnectionError('error: this API server cannot tell a command that its input has ended', {
    kind: 'bad-answer',
    wasSent: true,
    advice: ['servers can since v1.30; with older ones, let the command read a line only'],
  })
}
