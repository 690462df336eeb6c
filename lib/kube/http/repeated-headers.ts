/** A name that stands there several times gets a list: groups must reach the server one header each. */
export function repeatedHeaders(
  pairs: readonly (readonly [name: string, value: string])[],
): Readonly<Record<string, string[]>> {
  const headers: Record<string, string[]> = {}
  for (const [name, value] of pairs) headers[name] = [...(headers[name] ?? []), value]
  return headers
}
