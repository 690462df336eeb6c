import type { Scalar } from 'yaml'

const NULL = /^(~|null|Null|NULL)?$/
const TRUE = /^(y|Y|yes|Yes|YES|on|On|ON|true|True|TRUE)$/
const FALSE = /^(n|N|no|No|NO|off|Off|OFF|false|False|FALSE)$/
const INTEGER = /^([-+]?)(0b[01]+|0x[0-9a-fA-F]+|0o?[0-7]+|\d+)$/
const FLOAT = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/

/**
 * The value of a scalar as Helm sees it. Helm's YAML library knows the booleans and octal numbers of YAML 1.1, which the
 * YAML 1.2 of our parser takes for text (tried with sigs.k8s.io/yaml v1.6.0).
 */
export function resolveScalar({ type, source, value, tag }: Scalar): string | number | boolean | null {
  if (type !== 'PLAIN' || tag === '!!str' || tag === 'tag:yaml.org,2002:str') {
    return typeof value === 'string' ? value : (source ?? '')
  }
  const text = source ?? ''
  if (NULL.test(text)) return null
  if (TRUE.test(text)) return true
  if (FALSE.test(text)) return false
  if (!/^[-+.\d]/.test(text)) return text
  const digits = text.replaceAll('_', '')
  const [, sign = '', integer] = INTEGER.exec(digits) ?? []
  if (integer !== undefined) return (sign === '-' ? -1 : 1) * Number(integer.replace(/^0o?(?=[0-7]+$)/, '0o'))
  if (FLOAT.test(digits)) return Number(digits)
  return text
}
