#!/usr/bin/env bash
# Runs a job through davit in a step of GitHub Actions: masks secrets, shows the output, stops the run when the step is cancelled, writes a step summary, and an error
# annotation with the last lines of a job that failed. Its inputs are the variables JOB_* of action.yml; it ends with davit's exit status.
set -uo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# escape TEXT writes it as the data of a workflow command.
escape() {
  local text=$1
  text=${text//'%'/%25}
  text=${text//$'\r'/%0D}
  printf '%s' "${text//$'\n'/%0A}"
}

# set_output NAME VALUE
set_output() { [[ -z ${GITHUB_OUTPUT:-} ]] || printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }

while IFS= read -r line; do
  value=${line#*=}
  [[ $line != *=* || -z $value ]] || printf '::add-mask::%s\n' "$(escape "$value")"
done <<<"${JOB_SECRET_ENV:-}"

(umask 077 && printf '%s\n%s\n' "${JOB_ENV:-}" "${JOB_SECRET_ENV:-}" >"$work/env")
args=("$JOB_FAMILY" --detach --output id --key "$JOB_KEY" --env-file "$work/env")
[[ -z ${JOB_CONTAINER:-} ]] || args+=(--container "$JOB_CONTAINER")
[[ -z ${JOB_COUNT:-} ]] || args+=(--count "$JOB_COUNT")
[[ -z ${JOB_TIMEOUT:-} ]] || args+=(--timeout "$JOB_TIMEOUT")
[[ -z ${JOB_OVERLAP:-} ]] || args+=(--overlap "$JOB_OVERLAP")
if [[ -n ${JOB_COMMAND:-} ]]; then
  mapfile -t command <<<"$JOB_COMMAND"
  [[ -n ${command[-1]} ]] || unset 'command[-1]'
  args+=(-- "${command[@]}")
fi

# follow CMD... runs a command beside this script, hands the runner's signals on to it, and returns its status.
follow() {
  "$@" &
  local pid=$! status
  trap 'kill -TERM "$pid" 2>/dev/null' INT TERM
  wait "$pid"
  status=$?
  while kill -0 "$pid" 2>/dev/null; do # a signal ended wait, not the command
    wait "$pid"
    status=$?
  done
  trap - INT TERM
  return "$status"
}

follow davit run "${args[@]}" >"$work/id" 2> >(tee "$work/said" >&2)
status=$?
id=$(<"$work/id")
if ((status != 0)) || [[ -z $id ]]; then
  printf '::error title=%s::%s\n' "$JOB_FAMILY was not run" "$(escape "$(<"$work/said")")"
  exit "$((status ? status : 1))"
fi
set_output run-id "$id"

davit logs --follow "$id" &
logs=$!
follow davit wait "$id"
status=$?
# The last lines come at most some seconds after the end.
for ((n = 0; n < 60; n++)); do
  kill -0 "$logs" 2>/dev/null || break
  sleep 1
done
kill "$logs" 2>/dev/null
wait "$logs" 2>/dev/null

ended=$(davit show "$id" 2>/dev/null)
set_output status "$(davit show "$id" --output json 2>/dev/null | grep -o '"status":"[A-Z_]*"' | head -n 1 | cut -d '"' -f 4)"
if [[ -n ${GITHUB_STEP_SUMMARY:-} ]]; then
  printf '### %s\n\n```\n%s\n```\n' "$JOB_FAMILY" "$ended" >>"$GITHUB_STEP_SUMMARY"
fi
if ((status != 0)); then
  last=$(davit logs "$id" --tail 20 2>/dev/null)
  printf '::error title=%s::%s\n' "$(escape "$(head -n 1 <<<"$ended")")" "$(escape "${last:-$ended}")"
fi
exit "$status"
