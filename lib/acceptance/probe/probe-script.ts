/**
 * connect() waits for minutes, so an alarm ends it: a process beside the script that is told of each attempt's begin (s) and
 * end (e), and signals when the time between is too long: again and again, as the first signal may come before connect() has
 * begun. A read whose time is over may have read its byte all the same. The shell's own number is not written as two dollars:
 * of those Kubernetes makes one in a pod's command.
 */
const ALARM = `trap 'late=1' USR1
main=$BASHPID
alarm() {
  while read -r -n 1 mark; do
    [ "$mark" = s ] || continue
    mark=
    while [ -z "$mark" ]; do
      read -r -t "$limit" -n 1 mark
      [ $? -eq 1 ] && return
      [ -z "$mark" ] && kill -USR1 "$main"
    done
  done
}
exec 9> >(alarm)`

/**
 * What a client pod runs: connects again and again to where it is told, and says when the result changes. A shell with
 * `EPOCHREALTIME` (bash 5) measures within itself: a process of its own for each connection would take longer than what is
 * measured.
 *
 * It reads lines: `clock`, answered with `clock MICROSECONDS`; `watch PAUSE_SECONDS HOST PORT`, from when on it writes, for each
 * change of the result, `RESULT START END` of the first attempt with it, `START END` of the last one before, and how many
 * those before were; `pause`, answered with `paused RESULT COUNT`, the last result and how many attempts in a row have had it.
 * Times are its node's clock in microseconds since the epoch. Results: `open`, the connection came about; `blocked`, nothing
 * answered within the limit; `refused`, anything else, told at once.
 *
 * Arguments: the limit in seconds, and the least time in microseconds that a failed attempt has to have taken to count as
 * blocked.
 */
export const PROBE_SCRIPT = `limit=$1
least=$2
[ -n "$EPOCHREALTIME" ] || { echo "unfit"; exit 0; }
now() { t=\${EPOCHREALTIME/[.,]/}; }
${ALARM}
host=
result=
count=0
attempt() {
  late=
  printf s >&9
  now; start=$t
  { :; } 2>/dev/null 3<>"/dev/tcp/$host/$port"
  code=$?
  now; end=$t
  printf e >&9
  if [ $code -eq 0 ]; then found=open
  elif [ $((end - start)) -ge "$least" ]; then found=blocked
  # An alarm of the attempt before came late: this one says nothing.
  elif [ -n "$late" ]; then return
  else found=refused; fi
  if [ "$found" != "$result" ]; then
    echo "$found $start $end \${before_start:-0} \${before_end:-0} $count"
    result=$found
    count=0
  fi
  count=$((count + 1))
  before_start=$start
  before_end=$end
}
echo ready
line=
while :; do
  piece=
  if [ -n "$host" ]; then
    attempt
    read -r -t "$pause" piece
  else
    read -r piece
  fi
  code=$?
  line=$line$piece
  # The pause is over, maybe in the middle of a line, or a signal came.
  [ $code -gt 128 ] && continue
  [ $code -eq 0 ] || exit 0
  case $line in
    clock) now; echo "clock $t" ;;
    pause) host=; echo "paused \${result:-none} $count" ;;
    watch*) set -- $line; pause=$2; host=$3; port=$4; result=; count=0; before_start=; before_end= ;;
  esac
  line=
done`

/**
 * Looks names up as the programs of a pod do, with its C library: to open a datagram socket sends nothing but the look-up. Its
 * arguments are how often, the pause in seconds between two, and the names, each behind a word for it. It writes `WORD
 * MICROSECONDS CODE` for each look-up, after a first one of each name that does not count; a name that fails three times
 * in a row is given up. At last it looks up an address, which shows what measuring itself takes, as the word `overhead`.
 */
export const LOOKUP_SCRIPT = `times=$1
pause=$2
shift 2
[ -n "$EPOCHREALTIME" ] || { echo "unfit"; exit 0; }
exec 8<> <(:)
now() { t=\${EPOCHREALTIME/[.,]/}; }
lookup() {
  now; start=$t
  { :; } 3<>"/dev/udp/$2/9"
  code=$?
  now
  [ "$3" = 0 ] || echo "$1 $((t - start)) $code"
  return $code
}
declare -A failed
words=("$@")
for ((round = 0; round <= times; round += 1)); do
  for ((index = 0; index < $#; index += 2)); do
    word=\${words[index]}
    [ "\${failed[$word]:-0}" -ge 3 ] && continue
    if lookup "$word" "\${words[index + 1]}" "$round"; then failed[$word]=0; else failed[$word]=$((\${failed[$word]:-0} + 1)); fi
    read -r -t "$pause" _ <&8
  done
  lookup overhead 127.0.0.1 "$round"
done
exit 0`

/**
 * Asks each nameserver of the pod for a name that every server has an answer to, be it that there is no such name; three times,
 * with a second to answer. Writes its resolv.conf, and `answers ADDRESS` or `silent ADDRESS` for each.
 */
export const NAMESERVER_SCRIPT = `[ -r /etc/resolv.conf ] || exit 0
while read -r key rest; do
  echo "conf $key $rest"
  [ "$key" = nameserver ] && servers="$servers $rest"
done </etc/resolv.conf
for server in $servers; do
  state=silent
  for attempt in 1 2 3; do
    # Of a message of one question: id "kp", recursion desired, "localhost" A IN. No byte of it ends a line.
    if { printf 'kp\\001\\000\\000\\001\\000\\000\\000\\000\\000\\000\\011localhost\\000\\000\\001\\000\\001' >&3 && read -r -t 1 -N 2 id <&3; } 3<>"/dev/udp/$server/53" 2>/dev/null
    then
      [ "$id" = kp ] && state=answers && break
    fi
  done
  echo "$state $server"
done`

/** Connects to its arguments' host and port until it works, and tells it in the pod's termination message: when it began, the first connection's end, and how many attempts it took. */
export const FIRST_CONNECTION_SCRIPT = `limit=$1
host=$2
port=$3
now() { t=\${EPOCHREALTIME/[.,]/}; }
${ALARM}
exec 8<> <(:)
now; began=$t
count=0
while :; do
  count=$((count + 1))
  printf s >&9
  if { :; } 2>/dev/null 3<>"/dev/tcp/$host/$port"; then
    now
    echo "$began $t $count" >/dev/termination-log
    exit 0
  fi
  printf e >&9
  read -r -t 0.01 _ <&8
done`
