import { message, text } from '../protobuf/decode.ts'
import { eachField } from '../protobuf/each-field.ts'

/** One page of a list, cut into its items before any of them is parsed. */
export interface RawPage {
  metadata: { resourceVersion?: string; continue?: string }
  items: readonly Buffer[]
}

const ITEMS = Buffer.from('"items":[')
const FIRST_ITEM = Buffer.from('{"metadata":{')
const NEXT_ITEM = Buffer.from('},{"metadata":{')
const CLOSING = [']}', ']}\n'].map((text) => Buffer.from(text))

/**
 * Cuts a page of a list of a built-in kind, as API servers write it: `{…,"metadata":{…},"items":[{"metadata":{…},…},…]}`.
 * The bytes that part two items cannot occur inside a JSON string, where quotes have a backslash; of kinds that have them
 * elsewhere the pieces are no JSON, which whoever parses them finds out.
 * @returns undefined for a body of another shape, such as the list of a custom resource
 */
export function splitListItems(body: Buffer): RawPage | undefined {
  const list = body.indexOf(ITEMS)
  const closing = CLOSING.find((end) => body.subarray(-end.length).equals(end))
  if (list === -1 || closing === undefined) return undefined
  const start = list + ITEMS.length
  const end = body.length - closing.length
  const head = parseHead(`${body.toString('utf8', 0, start)}]}`)
  if (head === undefined || start > end) return undefined
  if (start === end) return { metadata: head.metadata, items: [] }
  if (!body.subarray(start, start + FIRST_ITEM.length).equals(FIRST_ITEM)) return undefined
  const items: Buffer[] = []
  let from = start
  for (let at = body.indexOf(NEXT_ITEM, from); at !== -1; at = body.indexOf(NEXT_ITEM, from)) {
    items.push(body.subarray(from, at + 1))
    // Behind the comma.
    from = at + 2
  }
  items.push(body.subarray(from, end))
  return { metadata: head.metadata, items }
}

function parseHead(text: string): Pick<RawPage, 'metadata'> | undefined {
  try {
    const head = JSON.parse(text) as Partial<RawPage>
    return head.metadata === undefined ? undefined : { metadata: head.metadata }
  } catch {
    return undefined
  }
}

const METADATA = 1
const ITEM = 2
const listMetadata = message<RawPage['metadata']>({
  2: { name: 'resourceVersion', decode: text },
  3: { name: 'continue', decode: text },
})

/**
 * Cuts a list in protobuf: every kind of list has its metadata and items in the same fields.
 * @throws RangeError for bytes that are no message
 */
export function splitMessageItems(list: Buffer): RawPage {
  let metadata: RawPage['metadata'] = {}
  const items: Buffer[] = []
  eachField(list, 0, list.length, (field, from, to) => {
    if (field === METADATA) metadata = listMetadata(list, from, to)
    else if (field === ITEM) items.push(list.subarray(from, to))
  })
  return { metadata, items }
}
