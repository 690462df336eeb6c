import { expect, test } from 'vitest'
import { addReferences, type References } from '../../../build/cilium-keys/template-references.ts'

function referencesOf(text: string): Record<string, string[]> {
  const references: References = new Map()
  addReferences(text, references)
  return Object.fromEntries([...references].map(([path, uses]) => [path, [...uses].sort()]))
}

test.each([
  ['{{ .Values.bpf.natMax | quote }}', { 'bpf.natMax': ['read'] }],
  ['{{- if and .Values.a (not $.Values.b.c) }}x{{- end }}', { a: ['read'], 'b.c': ['read'] }],
  ['{{ toYaml .Values.affinity | nindent 2 }}', { affinity: ['whole'] }],
  ['{{ .Values.a.b | toYaml }}', { 'a.b': ['whole'] }],
  [
    '{{- with .Values.a }}{{ .b }}{{ toYaml .c }}{{- end }}{{ .d }}',
    { a: ['read'], 'a.b': ['read'], 'a.c': ['whole'] },
  ],
  ['{{- with .Values.a }}{{ toYaml . }}{{- end }}', { a: ['read', 'whole'] }],
  ['{{- with .Values.a }}{{- if .b }}{{- end }}{{ .c }}{{- end }}', { a: ['read'], 'a.b': ['read'], 'a.c': ['read'] }],
  ['{{ $x := .Values.a }}{{ $x.b }}', { a: ['read'], 'a.b': ['read'] }],
  ['{{ $x := (coalesce .Values.a .Values.b) }}{{ $x.c }}', { a: ['read'], b: ['read'], 'a.c': ['read'] }],
  ['{{ range .Values.list }}{{ .name }}{{ end }}', { list: ['read'] }],
  ['{{ if hasKey .Values.bpf "natMax" }}{{ end }}', { 'bpf.natMax': ['read'], bpf: ['read'] }],
  ['{{ index .Values.extraConfig "a-b" }}', { 'extraConfig.a-b': ['read'], extraConfig: ['read'] }],
  ['{{ dig "a" "b" "" .Values.AsMap }}', { 'a.b': ['read'] }],
  ['{{ dig "a" "b" (list) .Values.c }}', { 'c.a.b': ['read'], c: ['read'] }],
  ['{{/* .Values.comment */}}{{ fail "not .Values.text" }}', {}],
])('%s', (text, references) => {
  expect(referencesOf(text)).toEqual(references)
})
