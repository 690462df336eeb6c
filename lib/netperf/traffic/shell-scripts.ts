/** Lines on stderr that begin so are the scripts' own, not the tool's. */
export const MARK = 'kubectl-perf:'

/** A word as a POSIX shell reads it back. */
export function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

/** Keeps a container alive and, where it is given some, its servers: one that ends, as after a fault, is started anew. */
export function serverScript(commands: readonly (readonly string[])[]): string {
  return [
    // As process 1 a shell would let SIGTERM pass by, and the pod would live to the end of its grace period.
    "trap 'exit 0' TERM INT",
    'serve() {',
    '  command -v "$1" >/dev/null || { echo "$1: not in this image" >&2; return; }',
    '  while :; do "$@"; sleep 0.2; done',
    '}',
    ...commands.map((command) => `serve ${command.map(shellQuote).join(' ')} &`),
    'while :; do sleep 3600 & wait $!; done',
  ].join('\n')
}

/** What cgroup (version 2, or 1) says of CPU that was refused, marked with a word. */
const STAT_FUNCTION = `stat() {
  for file in /sys/fs/cgroup/cpu.stat /sys/fs/cgroup/cpu/cpu.stat /sys/fs/cgroup/cpu,cpuacct/cpu.stat; do
    [ -r "$file" ] || continue
    while read -r key value; do
      case $key in nr_throttled|throttled_usec|throttled_time) echo "${MARK} $1 $key $value" >&2 ;; esac
    done <"$file"
    return
  done
}`

/**
 * What cgroup (version 2) and the node say of CPU that was used and waited for, and the kernel of UDP, marked with a word: by builtins only, since
 * processes of its own would be part of what it reads.
 */
const CPU_FUNCTION = `cpu() {
  [ -r /proc/uptime ] && read -r up rest </proc/uptime && echo "${MARK} $1 uptime $up" >&2
  [ -r /proc/stat ] && while read -r key rest; do
    case $key in cpu*) echo "${MARK} $1 $key $rest" >&2 ;; *) break ;; esac
  done </proc/stat
  [ -r /sys/fs/cgroup/cpu.pressure ] && while read -r key rest; do
    case $key in some) echo "${MARK} $1 waited_usec \${rest##*total=}" >&2 ;; esac
  done </sys/fs/cgroup/cpu.pressure
  [ -r /sys/fs/cgroup/cpu.stat ] && while read -r key value; do
    case $key in usage_usec) echo "${MARK} $1 $key $value" >&2 ;; esac
  done </sys/fs/cgroup/cpu.stat
  # Of the two lines of UDP the one with names has no numbers, and is passed over by who reads this.
  [ -r /proc/net/snmp ] && while read -r key rest; do
    case $key in Udp:) echo "${MARK} $1 udp $rest" >&2 ;; esac
  done </proc/net/snmp
  [ -r /proc/net/snmp6 ] && while read -r key value; do
    case $key in Udp6RcvbufErrors) echo "${MARK} $1 udp6_drops $value" >&2 ;; esac
  done </proc/net/snmp6
  return 0
}`

/** The counters for each word that is read, marked with it, and `done` with the word behind them. */
export const COUNTERS_SCRIPT = `${STAT_FUNCTION}
${CPU_FUNCTION}
while read -r word; do
  cpu "$word"
  stat "$word"
  echo "${MARK} done $word" >&2
done`

/**
 * Runs the tool that its arguments name, held back until a line comes in. On stderr it marks `ready` when it waits,
 * `start` right before the tool, the counters before and after it, and `end` at last.
 */
export const CLIENT_SCRIPT = `${STAT_FUNCTION}
${CPU_FUNCTION}
echo "${MARK} ready" >&2
read -r line || exit 125
stat before
cpu before
echo "${MARK} start" >&2
"$@" </dev/null
code=$?
echo >&2
cpu after
stat after
echo "${MARK} end" >&2
exit $code`

/**
 * Waits until each port of its arguments, four hexadecimal digits, is listened at; says which are not when the time is
 * over. It looks at the kernel's tables: a connection would disturb servers that take one client only.
 */
export const LISTENING_SCRIPT = `listens() {
  for file in /proc/net/tcp /proc/net/tcp6; do
    [ -r "$file" ] || continue
    # A shell reads byte by byte, which takes the kernel ever longer the longer the table is.
    if command -v grep >/dev/null; then grep -q ":$1 [0-9A-F:]* 0A " "$file" && return 0; continue; fi
    while read -r slot local remote state rest; do
      case "$local $state" in *:"$1 0A") return 0 ;; esac
    done <"$file"
  done
  return 1
}
tries=$1
shift
while :; do
  missing=
  for port in "$@"; do listens "$port" || missing="$missing $port"; done
  [ -z "$missing" ] && exit 0
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || { echo "$missing"; exit 1; }
  sleep 0.1
done`

/**
 * Connects to an address and port, so many times until it works. Exit code 1: it never did, and the last reason is on
 * stdout; 2: the image has nothing to connect with.
 */
export const REACH_SCRIPT = `tries=$1
limit() { if command -v timeout >/dev/null; then timeout 3 "$@"; else "$@"; fi; }
if command -v bash >/dev/null; then reach() { limit bash -c ': <"/dev/tcp/$0/$1"' "$1" "$2"; }
elif command -v nc >/dev/null; then reach() { limit nc -w 3 "$1" "$2" </dev/null >/dev/null; }
else exit 2
fi
while :; do
  reason=$(reach "$2" "$3" 2>&1)
  code=$?
  [ $code -eq 0 ] && exit 0
  # 124 and 143: the time was over; that costs three tries' worth of waiting.
  case $code in 124|137|143) reason="timed out"; tries=$((tries - 6)) ;; esac
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || { echo "$reason"; exit 1; }
  sleep 0.5
done`

/** Which of the programs that its arguments name are there, one a line. */
export const PROGRAMS_SCRIPT = 'for name in "$@"; do command -v "$name" >/dev/null && echo "$name"; done; true'
