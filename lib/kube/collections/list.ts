import { setImmediate } from 'node:timers/promises'
import { isApiError } from '../api-error.ts'
import { ConnectionError } from '../connection-error.ts'
import type { KubeResponse, Requester, RequestOptions } from '../http/kube-request.ts'
import type { Decode } from '../protobuf/decode.ts'
import { objectIn, PROTOBUF_OR_JSON } from '../protobuf/envelope.ts'
import { splitListItems, splitMessageItems } from './list-items.ts'

const PAGE_SIZE = 500
/** A list that changes faster than it can be read is read anew so often. */
const MAX_RESTARTS = 3

export interface ListOptions<T = unknown> extends Pick<RequestOptions, 'accept' | 'signal' | 'timeoutMs'> {
  labelSelector?: string | undefined
  fieldSelector?: string | undefined
  /** Objects per page, default 500; 0: all in one answer. */
  limit?: number | undefined
  /** Makes the object of an item's JSON, for whoever needs but little of it. Default: JSON.parse. */
  extract?: ((item: Buffer) => T) | undefined
  /**
   * The same of an item in protobuf, which is asked for then: servers write it faster and it is smaller. For built-in kinds,
   * and beside `extract`, since a server may answer in JSON all the same.
   */
  decode?: Decode<T> | undefined
}

export interface CollectedList<T> {
  items: T[]
  /** Of the whole list: a watch may go on from here. */
  resourceVersion: string
}

/** What a list came to, item by item. */
export interface FoldedList<S> {
  result: S
  resourceVersion: string
}

interface Page<T> {
  items?: T[] | null
  metadata: { resourceVersion?: string; continue?: string }
}

/**
 * Reads a whole collection page by page, consistently: all pages are of one moment.
 * @throws ApiError, ConnectionError, or the signal's reason
 */
export async function listAll<T>(
  request: Requester,
  path: string,
  options: ListOptions<T> = {},
): Promise<CollectedList<T>> {
  const begin = (): T[] => []
  const { result, resourceVersion } = await foldList(request, path, options, begin, (items, item: T) =>
    items.push(item),
  )
  return { items: result, resourceVersion }
}

/**
 * The same for collections of which not every object is to be held: each item is handed over once and then forgotten.
 * @param begin makes what the items are added to; called again where the list has to be read anew
 */
export async function foldList<T, S>(
  request: Requester,
  path: string,
  options: ListOptions<T>,
  begin: () => S,
  add: (result: S, item: T) => void,
): Promise<FoldedList<S>> {
  for (let restart = 0; ; restart++) {
    const result = begin()
    try {
      let resourceVersion = ''
      for await (const page of listPages<T>(request, path, options)) {
        for (const item of page.items) add(result, item)
        resourceVersion = page.resourceVersion
      }
      return { result, resourceVersion }
    } catch (error) {
      // The token of the next page has outlived the moment it belongs to.
      if (!isApiError(error) || error.code !== 410 || restart === MAX_RESTARTS) throw error
    }
  }
}

/**
 * The same page by page, for what need not be held all at once. While one page is looked at, the next is on its way. A
 * page can come to be gone: then it throws code 410.
 */
export async function* listPages<T>(
  request: Requester,
  path: string,
  options: ListOptions<T> = {},
): AsyncGenerator<CollectedList<T>> {
  const { labelSelector, fieldSelector, limit = PAGE_SIZE, signal, timeoutMs, extract, decode } = options
  const accept = decode === undefined ? options.accept : PROTOBUF_OR_JSON
  const get = (next: string | undefined) => {
    const query = { labelSelector, fieldSelector, limit: limit === 0 ? undefined : limit, continue: next }
    return request({ method: 'GET', path, query, accept, signal, timeoutMs })
  }
  let response = await get(undefined)
  while (true) {
    const page = (decode === undefined ? undefined : readMessage(response, decode)) ?? readPage<T>(response, extract)
    const following = page.next === undefined ? undefined : get(page.next)
    // Who stops early does not want it any more.
    following?.catch(() => {})
    // Lets the request go out before this page is parsed.
    if (following !== undefined) await setImmediate()
    yield { items: page.items(), resourceVersion: page.resourceVersion }
    if (following === undefined) return
    response = await following
  }
}

interface PendingPage<T> {
  next: string | undefined
  resourceVersion: string
  items: () => T[]
}

/**
 * @returns undefined where the server answered in JSON
 * @throws ConnectionError for an answer that is cut off
 */
function readMessage<T>({ body }: KubeResponse, decode: Decode<T>): PendingPage<T> | undefined {
  const list = orBadAnswer(() => objectIn(body))
  if (list === undefined) return undefined
  const { metadata, items } = orBadAnswer(() => splitMessageItems(list))
  return pendingPage(metadata, () => orBadAnswer(() => items.map((item) => decode(item, 0, item.length))))
}

function orBadAnswer<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new ConnectionError('error: the server answered with something that is no list in protobuf', {
      kind: 'bad-answer',
      wasSent: true,
      cause: error,
    })
  }
}

function readPage<T>(response: KubeResponse, extract: ((item: Buffer) => T) | undefined): PendingPage<T> {
  const raw = extract === undefined ? undefined : splitListItems(response.body)
  if (raw === undefined || extract === undefined) {
    const page = response.json() as Page<T>
    return pendingPage(page.metadata, () => {
      const items = page.items ?? []
      return extract === undefined ? items : items.map((item) => extract(Buffer.from(JSON.stringify(item))))
    })
  }
  return pendingPage(raw.metadata, () => {
    try {
      return raw.items.map(extract)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      const { items } = response.json() as Page<T>
      return (items ?? []).map((item) => extract(Buffer.from(JSON.stringify(item))))
    }
  })
}

function pendingPage<T>(metadata: Page<T>['metadata'], items: () => T[]): PendingPage<T> {
  return { next: metadata.continue || undefined, resourceVersion: metadata.resourceVersion ?? '', items }
}
