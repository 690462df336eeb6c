import { printable } from '../printable.ts'

/**
 * Text of unknown origin for Markdown, as it reads and nothing else: no HTML, no links, no emphasis, no cells. An underscore
 * within a word is none to GitHub and GitLab, so that names of metrics stay readable in the source.
 */
export function markdownText(text: string): string {
  return printable(text)
    .replaceAll(/[\\|<>&`*[\]~$]/g, (sign) => `\\${sign}`)
    .replaceAll(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
}

/** The same as a paragraph of its own: no heading, no list, no rule. */
export function markdownParagraph(text: string): string {
  return markdownText(text.trim()).replace(/^(?:#|[-+=](?=[\s=-]|$)|\d+(?=[.)](?:\s|$)))/, (start) =>
    /\d/.test(start) ? `${start}\\` : `\\${start}`,
  )
}

/** Lines as they are, in a fence that is longer than any within them. */
export function markdownFence(text: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${text.replace(/\n*$/, '\n')}${fence}\n`
}
