# shellcheck shell=bash
# steps: a list of named steps with their times, each writing into a log of its own. Sourced by tools/test and tools/run.
#
#   step "name" command...        runs it; at the first failure says so in one sentence and ends
#   test_step "name" command...   the same for ctest: shows its closing lines
#
# $logs is where the logs go; set it first.

: "${logs:?steps.sh: set logs to a folder first}"
started=$SECONDS
step_number=0
export CMAKE_COLOR_DIAGNOSTICS=OFF

run_logged() {  # name command...: the status of the command, its time in $took, its log in $log
  local name=$1
  shift
  step_number=$((step_number + 1))
  log=$logs/$(printf '%02d' "$step_number")-${name//[^A-Za-z0-9_]/-}.log
  printf '%-40s ' "$name"
  local start=$SECONDS status=0
  printf '$ %s\n' "$*" >"$log"
  "$@" </dev/null >>"$log" 2>&1 || status=$?
  took=$((SECONDS - start))
  return "$status"
}

fail() {  # name status command...
  local name=$1 status=$2
  shift 2
  printf 'FAILED %4d s\n' "$took"
  tail -n +2 "$log" | tail -n 40
  echo
  echo "The step \"$name\" failed (status $status): \`$*\`; its whole output is in ${log#"$PWD"/}."
  exit 1
}

step() {
  local name=$1
  run_logged "$@" || fail "$name" $? "${@:2}"
  printf 'ok %8d s%s\n' "$took" "$(summary_of_check)"
}

test_step() {
  local name=$1
  run_logged "$@" || fail "$name" $? "${@:2}"
  printf 'ok %8d s\n' "$took"
  # ctest's closing lines: how many passed, the time, and what was skipped.
  sed -n '/^[0-9]*% tests passed, /,$p' "$log" | sed '/^$/d'
}

# A check says what it looked at in its last line; of a build there is nothing to say.
summary_of_check() {
  local last
  last=$(tail -n 1 "$log")
  if [[ $last == check_* ]]; then echo "   ${last#*: }"; fi
}

finish() {
  local all=$((SECONDS - started))
  printf '%s: %d steps, %d min %02d s. Logs: %s\n' "$1" "$step_number" $((all / 60)) $((all % 60)) "${logs#"$PWD"/}"
}
