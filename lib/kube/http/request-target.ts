export type Verb = 'create' | 'get' | 'list' | 'update' | 'patch' | 'delete' | 'deletecollection'

export interface RequestTarget {
  verb: Verb
  /** Plural, with the subresource where there is one (`pods`, `pods/binding`); the path itself where it is no resource. */
  resource: string
}

/** What the API server would call a request (apiserver pkg/endpoints/request/requestinfo.go). */
export function requestTarget(method: string, path: string): RequestTarget {
  const end = path.indexOf('?')
  const bare = end === -1 ? path : path.slice(0, end)
  const parts = bare.split('/')
  // "", "api", version, … or "", "apis", group, version, …
  let at = parts[1] === 'api' ? 3 : parts[1] === 'apis' ? 4 : parts.length
  if (at >= parts.length || parts[at] === '') return { verb: verbOf(method, true), resource: bare }
  // "namespaces/NAME/status" and "…/finalize" are about the namespace, everything else below it is about what is in it.
  const inside = parts[at + 2]
  if (parts[at] === 'namespaces' && inside !== undefined && inside !== 'status' && inside !== 'finalize') at += 2
  const [resource = '', name, subresource] = parts.slice(at)
  return {
    verb: verbOf(method, name !== undefined && name !== ''),
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
  }
}

function verbOf(method: string, isNamed: boolean): Verb {
  switch (method) {
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    case 'DELETE':
      return isNamed ? 'delete' : 'deletecollection'
    default:
      return isNamed ? 'get' : 'list'
  }
}
