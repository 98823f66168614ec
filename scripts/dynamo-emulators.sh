#!/usr/bin/env bash
# Runs the store suite against DynamoDB emulators that are not ours, through the real client: all of them, or those named.
#
#   scripts/dynamo-emulators.sh [ministack] [moto]
#
# Needs go, and the emulators that scripts/tools installs. Each listens on loopback only, and is stopped at the end. One line a
# check; the log of a check that fails is shown. moto, which handles one request at a time, skips the case that creates hundreds of
# records (storetest.Harness.FewRecords): it is half of moto's time. ministack and the stores inside the tests run it.
set -euo pipefail
cd "$(dirname "$0")/.."

pin() { sed -n "s/^$1\(\[.*\]\)\{0,1\}==\([^ ;]*\).*/\2/p" scripts/requirements-emulators.txt; }
ministack_version=$(pin ministack)
moto_version=$(pin moto)

work=$(mktemp -d)
server=
stop() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
  fi
}
trap 'stop; rm -rf "$work"' EXIT

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# await <port>: until something listens there.
await() {
  for _ in $(seq 300); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
      return 0
    fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.2
  done
  echo "no emulator on port $1" >&2
  return 1
}

start_ministack() {
  BIND_HOST=127.0.0.1 GATEWAY_PORT=$1 SERVICES=dynamodb TMPDIR=$work STATE_DIR=$work/state LOG_LEVEL=WARNING \
    .tools/emulators/bin/ministack >"$work/server.log" 2>&1 &
  server=$!
}

start_moto() {
  .tools/emulators/bin/python scripts/dynamo-moto.py "$1" >"$work/server.log" 2>&1 &
  server=$!
}

check() { # emulator, version, few records: 1 or nothing
  local name=$1 version=$2 port begun=$SECONDS
  port=$(free_port)
  if "start_$name" "$port" && await "$port" &&
    DAVIT_TEST_DYNAMODB=http://127.0.0.1:$port DAVIT_TEST_DYNAMODB_FEW_RECORDS=${3-} go test -count=1 -v -timeout 15m -run '^TestConformanceOnEndpoint$' ./internal/dynamo/ \
      >"$work/test.log" 2>&1 && grep -q '^--- PASS: TestConformanceOnEndpoint' "$work/test.log"; then
    echo "ok    store suite on $name $version: $(grep -c '^ *--- PASS: .*/.*/' "$work/test.log") tests, $((SECONDS - begun)) s"
    stop
  else
    echo "FAIL  store suite on $name $version"
    grep -v '^ *--- PASS\|^=== ' "$work/test.log" | tail -n 60 || true
    tail -n 20 "$work/server.log" || true
    return 1
  fi
}

[ $# -gt 0 ] || set -- ministack moto
for name in "$@"; do
  case $name in
  ministack) check ministack $ministack_version ;;
  moto) check moto $moto_version 1 ;;
  *)
    echo "unknown emulator $name; known: ministack moto" >&2
    exit 2
    ;;
  esac
done
