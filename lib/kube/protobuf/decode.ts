import { eachField, varintAt } from './each-field.ts'

/** Reads the value that lies at these bytes. */
export type Decode<T> = (bytes: Buffer, from: number, to: number) => T

/** A field of a message, by the name that it has in JSON; repeated fields are lists or maps there. */
export interface Field {
  name: string
  decode: Decode<unknown>
  repeated?: 'list' | 'map'
}

type Json = Record<string, unknown>

export const text: Decode<string> = (bytes, from, to) => bytes.toString('utf8', from, to)
export const flag: Decode<boolean> = (bytes, from) => bytes[from] !== 0
/** Of numbers that are not below 0. */
export const integer: Decode<number> = varintAt

/**
 * Reads a message into an object like the one that its JSON is parsed to, of which it has the given fields alone, by
 * their numbers. Kubernetes also writes texts and flags that are not set, which its JSON leaves out, and so does this.
 */
export function message<T>(fields: Readonly<Record<number, Field>>): Decode<T> {
  const known: (Field | undefined)[] = []
  for (const [number, field] of Object.entries(fields)) known[Number(number)] = field
  return (bytes, from, to) => {
    const result: Json = {}
    eachField(bytes, from, to, (number, start, end) => {
      const field = known[number]
      if (field === undefined) return
      const { name, repeated } = field
      const value = field.decode(bytes, start, end)
      if (repeated === undefined) {
        if (value !== '' && value !== false) result[name] = value
      } else if (repeated === 'list') {
        const values = result[name] as unknown[] | undefined
        if (values === undefined) result[name] = [value]
        else values.push(value)
      } else {
        const entries = result[name] as Json | undefined
        const [key, content] = value as readonly [string, unknown]
        if (entries === undefined) result[name] = { [key]: content }
        else entries[key] = content
      }
    })
    return result as T
  }
}

/** An entry of a map whose keys are texts. */
export function entry(decode: Decode<unknown>): Decode<readonly [string, unknown]> {
  return (bytes, from, to) => {
    let key = ''
    let value: unknown
    eachField(bytes, from, to, (number, start, end) => {
      if (number === 1) key = text(bytes, start, end)
      else if (number === 2) value = decode(bytes, start, end)
    })
    return [key, value]
  }
}

/** A point in time, as metav1.Time has it: to the second, in the words of its JSON. */
export const time: Decode<string> = (bytes, from, to) => {
  let seconds = 0
  eachField(bytes, from, to, (number, start) => {
    if (number === 1) seconds = varintAt(bytes, start)
  })
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
}
