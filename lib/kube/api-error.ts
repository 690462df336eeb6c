import { PerfError } from '../errors/perf-error.ts'
import { statusIn } from './protobuf/status-message.ts'

/** So much of an error's body is looked at; a Status object is far smaller. */
export const MAX_ERROR_BYTES = 64 * 1024
/** A message that is longer helps nobody. */
const MAX_MESSAGE_CHARACTERS = 4096

/** Details of a refusal as the API server gives them (apimachinery metav1.StatusDetails). */
export interface StatusDetails {
  name?: string
  group?: string
  kind?: string
  causes?: readonly { reason?: string; message?: string; field?: string }[]
  retryAfterSeconds?: number
}

/** The API server said no. The message is the whole line that kubectl prints in that case. */
export class ApiError extends PerfError {
  override name = 'ApiError'
  /** HTTP status code. */
  readonly code: number
  /** Kubernetes' one-word reason, e.g. "NotFound"; empty where the answer carries none. */
  readonly reason: string
  /** What the server says, without kubectl's words around it. */
  readonly serverMessage: string
  readonly details: StatusDetails
  readonly retryAfterSeconds: number | undefined
  /** What the answer says where it is no Status object: then whoever is behind a proxy of the API server may have given it. */
  foreignBody: string | undefined
  /** How often the request was tried. */
  attempts = 1

  constructor(
    message: string,
    status: {
      code: number
      reason: string
      serverMessage: string
      details?: StatusDetails | undefined
      retryAfterSeconds?: number | undefined
      advice?: readonly string[]
    },
  ) {
    super(message, status)
    this.code = status.code
    this.reason = status.reason
    this.serverMessage = status.serverMessage
    this.details = status.details ?? {}
    this.retryAfterSeconds = status.retryAfterSeconds
  }
}

export function isApiError(error: unknown): error is ApiError {
  return error instanceof ApiError
}

/** Makes an error of an answer whose status code is not 2xx. */
export function apiErrorOf(code: number, body: Buffer, retryAfter: string | undefined): ApiError {
  const start = body.subarray(0, MAX_ERROR_BYTES)
  const text = start.toString('utf8')
  const message = statusIn(start)
  const status = message === undefined ? parseStatus(text) : soundStatus(message)
  const error = apiErrorOfStatus({ ...genericStatus(code, text), ...status, code }, retryAfterOf(retryAfter))
  if (Object.keys(status).length === 0) error.foreignBody = text
  return error
}

interface Status {
  code: number
  reason: string
  message: string
  details?: StatusDetails
}

/** Makes an error of a Status object, as it also comes in a watch. */
export function apiErrorOfStatus(status: Status, retryAfterSeconds?: number): ApiError {
  const message = shorten(status.message)
  return new ApiError(wording({ ...status, message }), {
    code: status.code,
    reason: status.reason,
    serverMessage: message,
    details: status.details,
    retryAfterSeconds: retryAfterSeconds ?? status.details?.retryAfterSeconds,
    advice: adviceFor(status),
  })
}

/** The words of kubectl (kubectl pkg/cmd/util/helpers.go). */
function wording({ reason, message, details }: Status): string {
  if (reason === 'Unauthorized') return `error: You must be logged in to the server (${message})`
  if (reason === 'Invalid') return invalid(message, details)
  return reason === '' ? `Error from server: ${message}` : `Error from server (${reason}): ${message}`
}

function invalid(message: string, { kind, name, causes = [] }: StatusDetails = {}): string {
  const isNamed = kind !== undefined || name !== undefined
  const subject = isNamed ? `The ${kind ?? ''} "${name ?? ''}" is invalid` : 'The request is invalid'
  const reasons = [...new Set(causes.map((cause) => `${cause.field ?? ''}: ${cause.message ?? ''}`))]
  if (reasons.length === 0) return isNamed || message === '' ? subject : `${subject}: ${message}`
  if (reasons.length === 1) return shorten(`${subject}: ${reasons[0]}`)
  return shorten(`${subject}: \n${reasons.map((reason) => `* ${reason}`).join('\n')}`)
}

function adviceFor({ reason, message, code }: Status): string[] {
  if (reason === 'Unauthorized') return ['log in to the cluster again, or check the user of the kubeconfig context']
  if (reason === 'Forbidden' && /exceeded quota/.test(message)) {
    return ['ask for less, raise the ResourceQuota, or use another namespace']
  }
  if (/violates PodSecurity/.test(message)) {
    return ['use a namespace whose pod security level lets this in, or an image that needs no more than that allows']
  }
  if (/admission webhook .* denied/.test(message)) return ['the admission webhook named there decides: ask who runs it']
  if (/failed calling webhook/.test(message))
    return ['the admission webhook named there does not answer: check its pods and Service']
  if (reason === 'Forbidden')
    return ['ask for the permission, or use another user (kubectl auth can-i --list shows yours)']
  if (code === 429) return ['the API server sheds load: try again with a lower --qps']
  return []
}

/** What client-go makes of an answer without a Status object (apimachinery api/errors NewGenericServerResponse). */
function genericStatus(code: number, text: string): Omit<Status, 'code'> {
  const known: Readonly<Record<number, readonly [string, string]>> = {
    400: ['BadRequest', 'the server rejected our request for an unknown reason'],
    401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
    403: ['Forbidden', text.trim() || 'the server forbids this request'],
    404: ['NotFound', 'the server could not find the requested resource'],
    405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
    406: ['NotAcceptable', 'the server was unable to respond with a content type that the client supports'],
    409: ['Conflict', 'the server reported a conflict'],
    413: ['RequestEntityTooLarge', 'the request is too large'],
    415: ['UnsupportedMediaType', 'the server does not support this content type'],
    429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
    500: ['InternalError', `an error on the server ("${text.trim()}") has prevented the request from succeeding`],
    503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
    504: [
      'Timeout',
      'the server was unable to return a response in the time allotted, but may still be processing the request',
    ],
  }
  const [reason, message] = known[code] ?? [
    '',
    `the server responded with the status code ${code} but did not return more information`,
  ]
  return { reason, message }
}

function parseStatus(text: string): Partial<Status> {
  if (!text.startsWith('{')) return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== 'Status') return {}
    return soundStatus(value as Partial<Record<keyof Status, unknown>>)
  } catch {
    return {}
  }
}

function soundStatus({ reason, message, details }: Readonly<Partial<Record<keyof Status, unknown>>>): Partial<Status> {
  return {
    reason: typeof reason === 'string' ? reason : '',
    message: typeof message === 'string' ? message : '',
    ...(typeof details === 'object' && details !== null ? { details: soundDetails(details) } : {}),
  }
}

/** Only what has the form it should have. */
function soundDetails(details: StatusDetails): StatusDetails {
  const { causes, retryAfterSeconds, ...rest } = details
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => typeof value === 'string')),
    ...(Array.isArray(causes) ? { causes: causes.filter((cause) => typeof cause === 'object' && cause !== null) } : {}),
    ...(typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {}),
  }
}

function retryAfterOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : undefined
}

function shorten(text: string): string {
  return text.length <= MAX_MESSAGE_CHARACTERS ? text : `${text.slice(0, MAX_MESSAGE_CHARACTERS)}…`
}
