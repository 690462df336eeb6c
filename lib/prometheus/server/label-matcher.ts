/** A matcher of PromQL for series whose label has one of these values: `job=~"a|b"`. */
export function oneOf(label: string, values: Iterable<string>): string {
  return `${label}=~"${[...new Set(values)].map(escapeForRegex).join('|')}"`
}

/** For a regular expression of RE2 inside of a quoted string of PromQL. */
function escapeForRegex(text: string): string {
  return text
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/[\\"]/g, '\\$&')
    .replaceAll('\n', '\\n')
}
