import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { toGoJson } from '../format/go-json.ts'
import { TemplateFault } from '../template-fault.ts'
import { type FunctionTable, fixed, type TemplateFunction } from '../template-function.ts'
import { fromPlain, type Value } from '../value.ts'

/** Sprig's encodings, check sums, and the parts of a path. */
export const encodingFunctions: FunctionTable = {
  b64enc: fixed(['string'], ([text]) => Buffer.from(text).toString('base64')),
  b64dec: fixed(['string'], ([text]) => decodeBase64(text)),
  sha1sum: fixed(['string'], ([text]) => digest('sha1', text)),
  sha256sum: fixed(['string'], ([text]) => digest('sha256', text)),
  sha512sum: fixed(['string'], ([text]) => digest('sha512', text)),
  adler32sum: fixed(['string'], ([text]) => adler32(text)),
  toJson: json({}),
  mustToJson: json({}, true),
  toPrettyJson: json({ indent: '  ' }),
  mustToPrettyJson: json({ indent: '  ' }, true),
  toRawJson: json({ raw: true }, true),
  mustToRawJson: json({ raw: true }, true),
  fromJson: fixed(['string'], ([text]) => readJson(text) ?? null),
  mustFromJson: fixed(['string'], ([text]) => readJson(text) ?? invalidJson(text)),
  ...paths(''),
  ...paths('os'),
}

function digest(algorithm: string, text: string): string {
  return createHash(algorithm).update(text).digest('hex')
}

function adler32(text: string): string {
  let a = 1
  let b = 0
  for (const byte of Buffer.from(text)) {
    a = (a + byte) % 65521
    b = (b + a) % 65521
  }
  return String(b * 65536 + a)
}

function decodeBase64(text: string): string {
  const clean = text.replaceAll(/[\r\n]/g, '')
  const valid = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(clean)
  if (!valid) throw new TemplateFault(`illegal base64 data ${JSON.stringify(text.slice(0, 40))}`)
  const bytes = Buffer.from(clean, 'base64')
  const decoded = bytes.toString('utf8')
  if (!Buffer.from(decoded).equals(bytes)) throw new TemplateFault('the base64 data is no UTF-8 text')
  return decoded
}

function json(style: { raw?: boolean; indent?: string }, must = false): TemplateFunction {
  return fixed(['any'], ([value]) => {
    const text = toGoJson(value, style)
    if (text === undefined && must) throw new TemplateFault('json: unsupported value')
    return text ?? ''
  })
}

// Undefined for what is no JSON; the value null is nil. Halves of surrogate pairs become U+FFFD, as in Go.
function readJson(text: string): Value {
  let data: unknown
  try {
    data = JSON.parse(text, (_, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
  return fromPlain(data, { numbers: 'float64' })
}

function invalidJson(text: string): Value {
  if (text.trim() === 'null') return null
  throw new TemplateFault(`invalid JSON ${JSON.stringify(text.slice(0, 40))}`)
}

function paths(prefix: '' | 'os'): FunctionTable {
  const named = (name: string) => (prefix === '' ? name : `os${name[0]?.toUpperCase()}${name.slice(1)}`)
  return {
    [named('base')]: fixed(['string'], ([path]) => posix.basename(path) || (path === '' ? '.' : '/')),
    [named('dir')]: fixed(['string'], ([path]) => clean(path.slice(0, path.lastIndexOf('/') + 1))),
    [named('clean')]: fixed(['string'], ([path]) => clean(path)),
    [named('ext')]: fixed(['string'], ([path]) => /\.[^./]*$/.exec(path)?.[0] ?? ''),
    [named('isAbs')]: fixed(['string'], ([path]) => path.startsWith('/')),
  }
}

function clean(path: string): string {
  const normal = posix.normalize(path)
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal
}
