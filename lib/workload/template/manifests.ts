import { UsageError } from '../../errors/perf-error.ts'
import { isObject } from '../../record/json.ts'
import type { RenderedText } from './execute.ts'
import { readYamlDocuments } from './manifest-yaml.ts'

/** An object as it is sent to the API server; only what every object has is known to be right. */
export interface Manifest {
  apiVersion: string
  kind: string
  metadata: ManifestMetadata
  [field: string]: unknown
}

export interface ManifestMetadata {
  name?: string
  generateName?: string
  namespace?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  [field: string]: unknown
}

/**
 * The objects of a rendered file, one for each of its YAML documents.
 * @throws UsageError `file:line: what` for what is no YAML, or no object that the API server could take
 */
export function readManifests(rendered: RenderedText, fileName: string): Manifest[] {
  const { documents, problems } = readYamlDocuments(rendered.text)
  const fail = (what: string, offset: number): never => {
    throw new UsageError(`${fileName}:${rendered.sourceLine(offset)}: ${what}`)
  }
  const [problem] = problems
  if (problem !== undefined) fail(problem.message, problem.offset)
  return documents.map(({ data, offset }) => {
    const wrong = faultOf(data)
    return wrong === undefined ? (data as Manifest) : fail(wrong, offset)
  })
}

// What would be a 400 of the API server, or an object that nothing could find again.
function faultOf(data: unknown): string | undefined {
  if (!isObject(data)) return 'expected an object with apiVersion, kind and metadata'
  const { apiVersion, kind, metadata } = data
  if (!isText(apiVersion)) return 'apiVersion is missing'
  if (!isText(kind)) return 'kind is missing'
  if (kind === 'List' && apiVersion === 'v1')
    return 'kind List is not supported, write its items as documents of their own'
  if (!isObject(metadata)) return `the ${kind} has no metadata`
  const { name, generateName, namespace } = metadata
  for (const [key, value] of Object.entries({ name, generateName, namespace })) {
    if (value !== undefined && !isText(value)) return `metadata.${key} of the ${kind} ${notText(value)}`
  }
  if (name === undefined && generateName === undefined) return `the ${kind} has no metadata.name`
  return textMapFault(metadata, 'labels', kind) ?? textMapFault(metadata, 'annotations', kind)
}

function textMapFault(
  metadata: Record<string, unknown>,
  field: 'labels' | 'annotations',
  kind: string,
): string | undefined {
  const values = metadata[field]
  if (values === undefined || values === null) {
    delete metadata[field]
    return undefined
  }
  if (!isObject(values)) return `metadata.${field} of the ${kind} is no map`
  const wrong = Object.entries(values).find(([, value]) => typeof value !== 'string')
  return wrong === undefined ? undefined : `metadata.${field}.${wrong[0]} of the ${kind} ${notText(wrong[1])}`
}

function notText(value: unknown): string {
  if (value === null || value === '') return 'is empty'
  return typeof value === 'object'
    ? 'is no text'
    : `is the ${typeof value} ${JSON.stringify(value)}: write it in quotes`
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
