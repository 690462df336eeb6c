import { AGENT_METRICS_PATTERN } from '../maps/formats/agent-metrics.ts'

// What is run in an agent's container: one shell script, so that one exec answers everything. Its parts are framed by
// lines that no JSON has, and their exit codes are told, so that one part that fails does not hide the others.

const MARK = '=== kubectl-perf'

/** `t` ends what hangs: nothing else would when the connection is gone. Arguments: seconds. */
const LIMIT = 't=; command -v timeout >/dev/null && t="timeout $1"'

/** `c` becomes the agent's own tool: cilium-dbg since 1.15, before that cilium. */
export const PREAMBLE = `c=$(command -v cilium-dbg || command -v cilium) || { echo 'neither cilium-dbg nor cilium is in this container' >&2; exit 0; }
${LIMIT}
part() { n=$1; shift; echo; echo "${MARK} $n"; "$@"; r=$?; echo; echo "${MARK} $n ended $r"; }
`

/**
 * Reads only what the agent knows: nothing is dumped, and never a command that writes to a map (as "bpf metrics list" can).
 * Without the metrics the rest is of no use.
 */
export const READ_SCRIPT = `${PREAMBLE}part metrics $t $c metrics list -p '${AGENT_METRICS_PATTERN}' -o json
test "$r" = 0 || exit 0
part version $t $c version
part status $t $c status -o json
part memory head -n 3 /proc/meminfo
`

/** Where agents pin their maps. */
export const PINS = '/sys/fs/bpf/tc/globals'

/** The kernel's own words on each map that the agent has pinned: a few milliseconds for each. */
export const PINNED_MAPS_SCRIPT = `${LIMIT}
command -v bpftool >/dev/null || { echo 'bpftool is not in this container' >&2; exit 0; }
for f in ${PINS}/*; do
test -f "$f" || continue
echo; echo "${MARK} \${f##*/}"; $t bpftool -j map show pinned "$f"; r=$?; echo; echo "${MARK} \${f##*/} ended $r"
done
`

/**
 * Counts the entries of the maps named by the arguments after the first: the kernel keeps no count, so each is read. bpftool
 * prints a map as one line however large, so that is cut before it is counted. Prints `COUNT` and `dumped EXITCODE`.
 */
export const COUNT_SCRIPT = `${LIMIT}; shift
for m in "$@"; do
echo; echo "${MARK} $m"
{ { $t bpftool -j map dump pinned "${PINS}/$m"; echo "dumped $?" >&3; } | tr '{' '\\n' | grep -c '^"key":\\["0x'; } 3>&1
echo; echo "${MARK} $m ended 0"
done
`

export interface ScriptPart {
  readonly text: string
  readonly exitCode: number
}

/** What each part of a script has printed, by its name; a part that the script did not come to is not there. */
export function partsOf(output: string): ReadonlyMap<string, ScriptPart> {
  const parts = new Map<string, ScriptPart>()
  for (const section of output.split(`\n${MARK} `).slice(1)) {
    const [head = ''] = section.split('\n', 1)
    const [, ended, exitCode] = /^(.*) ended (\d+)$/.exec(head) ?? []
    if (ended === undefined) parts.set(head, { text: section.slice(head.length + 1), exitCode: -1 })
    else parts.set(ended, { text: (parts.get(ended)?.text ?? '').trimEnd(), exitCode: Number(exitCode) })
  }
  for (const [name, { exitCode }] of parts) if (exitCode === -1) parts.delete(name)
  return parts
}
