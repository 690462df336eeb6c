export type SignalName = 'SIGHUP' | 'SIGINT' | 'SIGTERM'

/** The reason of the context's signal once a person, a supervisor or the end of the terminal has stopped the program. */
export class Interruption extends Error {
  override name = 'Interruption'
  readonly signalName: SignalName

  constructor(signalName: SignalName) {
    super(`Interrupted by ${signalName}`)
    this.signalName = signalName
  }
}

/** The part of `process` that signals come from. */
export interface SignalSource {
  on(name: SignalName, listener: () => void): unknown
  off(name: SignalName, listener: () => void): unknown
}

export interface Interruptions extends Disposable {
  readonly signal: AbortSignal
  /** See `Context.registerCleanup`. */
  readonly registerCleanup: (commandLine: string) => Disposable
}

interface InterruptionOptions {
  /** SIGHUP says that the terminal is gone, which such a program does not need; see `outlivesTerminal`. */
  readonly ignoresHangUp: boolean
  /** Of a second SIGINT or SIGTERM. The words say what is left behind, and the command line that removes it. */
  readonly leave: (name: SignalName, lastWords: string) => void
}

/**
 * Listens for SIGINT, SIGTERM and SIGHUP. The first one aborts `signal`; the second SIGINT or SIGTERM calls `leave`.
 * SIGHUP never counts as a second one, nor makes another one the second: it comes twice where the shell passes it on, and
 * service managers send SIGTERM and SIGHUP together.
 */
export function listenForInterruptions(
  source: SignalSource,
  { ignoresHangUp, leave }: InterruptionOptions,
): Interruptions {
  const controller = new AbortController()
  const cleanups = new Set<{ readonly commandLine: string }>()
  let timesAsked = 0
  const onAsked = (name: SignalName) => () => {
    timesAsked += 1
    // Of an abort after another the first reason stays.
    if (timesAsked === 1) return controller.abort(new Interruption(name))
    const lines = [...cleanups].map(({ commandLine }) => `  ${commandLine}\n`)
    leave(
      name,
      lines.length === 0
        ? ''
        : `Left at once: objects of this run stay in the cluster. Remove them with\n${lines.join('')}`,
    )
  }
  const onHangUp = () => {
    if (!ignoresHangUp) controller.abort(new Interruption('SIGHUP'))
  }
  const listeners: readonly (readonly [SignalName, () => void])[] = [
    ['SIGINT', onAsked('SIGINT')],
    ['SIGTERM', onAsked('SIGTERM')],
    ['SIGHUP', onHangUp],
  ]
  for (const [name, listener] of listeners) source.on(name, listener)
  return {
    signal: controller.signal,
    registerCleanup(commandLine) {
      const cleanup = { commandLine }
      cleanups.add(cleanup)
      return { [Symbol.dispose]: () => void cleanups.delete(cleanup) }
    },
    [Symbol.dispose]() {
      for (const [name, listener] of listeners) source.off(name, listener)
    },
  }
}

/**
 * Whether the program goes on when the terminal is gone, as nohup asks for. Node sets signals that were ignored back to
 * their default as it starts, so that nohup has SIGHUP ignored cannot be asked for. What it does to the standard streams
 * can be seen: none is a terminal any more, but that nohup of macOS and the BSDs leaves stdin as it is. On Windows there is
 * no nohup, and the end of the console is that of the program, some seconds later.
 * @param isTerminal whether stdin, stdout or stderr is one, by its number
 */
export function outlivesTerminal(platform: string, isTerminal: (descriptor: number) => boolean): boolean {
  if (platform === 'win32') return false
  const replaced = platform === 'linux' ? [0, 1, 2] : [1, 2]
  return !replaced.some(isTerminal)
}
