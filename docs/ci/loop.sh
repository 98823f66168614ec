#!/bin/sh
# Runs a job for each day given, one after the other, and stops at the first that does not succeed. The day is in the key: repeating the loop repeats no day
# that was done.
set -eu
for day in "$@"; do
  davit run settlement --key "settlement/$day" -e "DAY=$day" --timeout 1h
done
