import type { DocumentOptions, ParseOptions, ScalarTag, SchemaOptions } from 'yaml'

// Scalars as Go's YAML libraries resolve them, which follow neither YAML 1.1 nor 1.2 to the letter: 0644 is octal in
// both, 12:30 a text, 2024-01-01 too.

const BASES: Readonly<Record<string, string>> = { b: '0b', x: '0x', o: '0o' }

const nullTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:null',
  default: true,
  test: /^(?:~|null|Null|NULL)?$/,
  resolve: () => null,
}

const floatTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/,
  resolve: (text) => Number(text),
}

function booleanTag(value: boolean, test: RegExp): ScalarTag {
  return { tag: 'tag:yaml.org,2002:bool', default: true, test, resolve: () => value }
}

function intTag(read: (value: bigint, tooLarge: () => void) => number | bigint): ScalarTag {
  return {
    tag: 'tag:yaml.org,2002:int',
    default: true,
    test: /^[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)$/,
    resolve: (text, onError) =>
      read(readInteger(text), () => onError(`${text} is too large for an integer; write it in quotes if it is a text`)),
  }
}

function readInteger(text: string): bigint {
  const digits = text.replaceAll('_', '').replace(/^[-+]/, '')
  const isOctal = BASES[digits[1] ?? ''] === undefined && /^0[0-7]+$/.test(digits)
  const value = BigInt(isOctal ? `0o${digits.slice(1)}` : digits)
  return text.startsWith('-') ? -value : value
}

const COMMON = {
  schema: 'failsafe',
  merge: true,
  prettyErrors: false,
  logLevel: 'error',
} as const satisfies DocumentOptions & SchemaOptions & ParseOptions

type YamlOptions = DocumentOptions & SchemaOptions & ParseOptions

/** As kubectl and kube-burner read manifests (yaml.v2): `yes`, `on` and `y` are true. Integers are exact numbers. */
export const MANIFEST_YAML: YamlOptions = {
  ...COMMON,
  customTags: [
    nullTag,
    booleanTag(true, /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/),
    booleanTag(false, /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/),
    intTag((value, tooLarge) => {
      if (!Number.isSafeInteger(Number(value))) tooLarge()
      return Number(value)
    }),
    floatTag,
  ],
}

/** As kube-burner reads its configurations (yaml.v3): only true and false are booleans. Integers are bigint, as Go's int. */
export const CONFIGURATION_YAML: YamlOptions = {
  ...COMMON,
  customTags: [
    nullTag,
    booleanTag(true, /^(?:true|True|TRUE)$/),
    booleanTag(false, /^(?:false|False|FALSE)$/),
    intTag((value, tooLarge) => {
      if (BigInt.asIntN(64, value) !== value) tooLarge()
      return value
    }),
    floatTag,
  ],
}
