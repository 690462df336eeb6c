import { ApiError } from '../api-error.ts'
import { ConnectionError } from '../connection-error.ts'

interface Status {
  status?: unknown
  reason?: unknown
  message?: unknown
  code?: unknown
  details?: unknown
}

/**
 * The exit code in the Status object that ends an exec (client-go tools/remotecommand/v4.go).
 * @throws ApiError when the command was not run, ConnectionError when this is no Status
 */
export function exitCodeOf(text: string): number {
  const status = parse(text)
  if (status.status === 'Success') return 0
  if (status.status !== 'Failure') throw protocolError('unknown error')
  if (status.reason !== 'NonZeroExitCode') {
    const message = typeof status.message === 'string' ? status.message : ''
    throw new ApiError(`error: ${message}`, {
      code: typeof status.code === 'number' ? status.code : 500,
      reason: typeof status.reason === 'string' ? status.reason : '',
      serverMessage: message,
    })
  }
  const causes = (status.details as { causes?: unknown } | null | undefined)?.causes
  if (!Array.isArray(causes)) throw protocolError('details must be set')
  const exit = (causes as { reason?: unknown; message?: unknown }[]).find((cause) => cause?.reason === 'ExitCode')
  if (exit === undefined) throw protocolError('no ExitCode cause given')
  const code = /^\d{1,3}$/.test(String(exit.message)) ? Number(exit.message) : Number.NaN
  if (!(code <= 255)) throw protocolError(`invalid exit code value ${JSON.stringify(exit.message)}`)
  return code
}

function parse(text: string): Status {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Said below.
  }
  throw protocolError(`no status in "${text.slice(0, 200)}"`)
}

function protocolError(reason: string): ConnectionError {
  return new ConnectionError(`error: error stream protocol error: ${reason}`, { kind: 'bad-answer', wasSent: true })
}
