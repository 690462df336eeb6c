import { type Document, isAlias, isNode, isScalar, parseAllDocuments, visit, type YAMLError } from 'yaml'
import { MANIFEST_YAML } from './go-yaml.ts'

/** A fault of the text, with its offset in it. */
export interface YamlProblem {
  readonly message: string
  readonly offset: number
}

/** One document: its data, and where it begins. */
export interface YamlDocument {
  readonly data: unknown
  readonly offset: number
}

/**
 * YAML as kubectl and kube-burner read manifests: version 1.1 as Go's yaml.v2 has it, so `yes` is true, `0644` is
 * octal and `12:30` a text. Documents without content are left out; a key that is given twice is a fault, as for
 * kubectl. The data of a document with a problem is not to be used.
 */
export function readYamlDocuments(text: string): { documents: YamlDocument[]; problems: YamlProblem[] } {
  const problems: YamlProblem[] = []
  const documents: YamlDocument[] = []
  const parsed = parseAllDocuments(text, MANIFEST_YAML)
  const note = ({ message, pos }: YAMLError) => problems.push({ message, offset: pos[0] })
  if ('empty' in parsed) [...parsed.errors, ...parsed.warnings].forEach(note)
  for (const document of parsed) {
    document.errors.forEach(note)
    if (problems.length > 0) continue
    checkKeys(document, problems)
    const offset = document.contents?.range?.[0] ?? 0
    const data: unknown = problems.length > 0 ? null : document.toJS({ maxAliasCount: 1000 })
    if (data !== null) documents.push({ data, offset })
  }
  return { documents, problems }
}

// JSON's keys are texts: of a map as a key, as an unrendered {{x}} gives it, there is no sensible one.
function checkKeys(document: Document, problems: YamlProblem[]): void {
  visit(document, {
    Pair: (_, { key }) => {
      if ((isScalar(key) && key.value !== null) || isAlias(key)) return
      problems.push({ message: 'a key must be a text', offset: isNode(key) ? (key.range?.[0] ?? 0) : 0 })
    },
  })
}
