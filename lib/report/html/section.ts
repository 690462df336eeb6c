import type { RunRecord } from '../../record/run-record.ts'
import type { Html } from './html.ts'

/** A part of the page with a heading of its own. */
export interface Section {
  readonly title: string
  readonly body: Html
}

/** What a record has to say on something; nothing where it has nothing. */
export type Sections = (record: RunRecord) => readonly Section[]

/** The section, unless there is nothing in it. */
export function section(title: string, body: readonly Html[]): readonly Section[] {
  const markup = body.map((part) => part.markup).join('')
  return markup === '' ? [] : [{ title, body: { markup } }]
}
