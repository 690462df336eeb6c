import { parseDuration } from '../../record/duration.ts'

/** What this program reads of a core/v1 Event about a pod. */
export interface EventObject {
  metadata: { name: string; namespace?: string | undefined }
  involvedObject: { uid?: string; fieldPath?: string }
  type?: string | undefined
  reason?: string | undefined
  message?: string | undefined
  source?: { component?: string; host?: string } | undefined
  /** Of events that were made through events.k8s.io, which have no source. */
  reportingInstance?: string | undefined
}

/** What a kubelet says of an image that it pulled for a container. Durations in ms, exact to one. */
export interface PulledImage {
  image: string
  /** The download itself; absent: an old kubelet, before 1.20, which does not say. */
  pullMs?: number
  /** Waiting for other pulls before; absent: a kubelet before 1.27. */
  waitMs?: number
  /** Absent: a kubelet before 1.30. */
  bytes?: number
}

const DURATION = String.raw`((?:\d{1,9}(?:\.\d{1,9})?(?:h|ms|m|s|µs|us|ns))+)`
const PULLED = new RegExp(
  String.raw`^Successfully pulled image "([^"]+)"(?: in ${DURATION})?(?: \(${DURATION} including waiting\))?(?:\. Image size: (\d{1,15}) bytes)?\.?$`,
)
const PRESENT = /^Container image "[^"]+" already present on machine/

/**
 * Reads the message of a Pulled event: `Successfully pulled image "x" in 1.2s (1.5s including waiting). Image size: 123 bytes.`
 * Source: pkg/kubelet/images/image_manager.go, 1.18 to 1.34.
 * @returns `present` where nothing was pulled, undefined for a message of another kind
 */
export function parsePulled(message: string): PulledImage | 'present' | undefined {
  if (PRESENT.test(message)) return 'present'
  const [, image, pull, total, size] = PULLED.exec(message) ?? []
  if (image === undefined) return undefined
  const pullMs = pull === undefined ? undefined : parseDuration(pull)
  return {
    image,
    ...(pullMs === undefined ? {} : { pullMs }),
    // Each of the two was cut to whole milliseconds on its own.
    ...(pullMs === undefined || total === undefined ? {} : { waitMs: Math.max(0, parseDuration(total) - pullMs) }),
    ...(size === undefined ? {} : { bytes: Number(size) }),
  }
}

/** Nanoseconds since the epoch, between 2006 and 2262. */
const STAMP = /\.([1-7][0-9a-f]{15})$/

/**
 * When the event was made, in ms since the epoch by the clock of whoever made it, exact to a microsecond: client-go ends
 * the names of events on it, in hexadecimal nanoseconds (GenerateEventName in tools/record/util). The timestamps inside
 * of the event are whole seconds. Undefined where the name is another.
 */
export function eventTime({ metadata: { name } }: EventObject): number | undefined {
  const digits = STAMP.exec(name)?.[1]
  return digits === undefined ? undefined : Number(BigInt(`0x${digits}`) / 1000n) / 1000
}

/** The event of a watch line `{"type":…,"object":{…}}`, without its managedFields: thousands of events are kept. */
export function eventOfLine(line: Buffer): EventObject {
  const { metadata, involvedObject, type, reason, message, source, reportingInstance } = (
    JSON.parse(line.toString()) as { object: EventObject }
  ).object
  const { name, namespace } = metadata
  return { metadata: { name, namespace }, involvedObject, type, reason, message, source, reportingInstance }
}
