#!/usr/bin/env bash
# How long a program of many modules takes to its first result: compiled from nothing, started
# again, started the naive way, and after an edit of one module. Prints a table: median and range of
# the rounds, of what the programs tell (from the first line of main to the result) and of the whole
# process, as the shell measures it.
#
#   bench.sh [MODULES [ROUNDS]]
set -eu
export LC_ALL=C
TIMEFORMAT='%R %U %S'

modules=${1-200}
rounds=${2-5}
here=$(cd -P -- "$(dirname -- "$0")" && pwd -P)
out=$here/../../target/sepia
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$here/sepia" build --store "$work/warm" "$here/programs/tour.sepia" # Builds the jars.
jars=$(ls "$here"/../../target/calotype-*.jar | head -n 1):$out/sepia.jar
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
options='-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xlog:disable --enable-native-access=ALL-UNNAMED'
package=dev.calotype.examples.sepia
program=$work/program
mkdir "$program"

# sepia OPTIONS-OF-JAVA OPTIONS
sepia() {
  "$java" $options $1 -cp "$jars" $package.Sepia run --time $2 --store "$work/store" "$program/main.sepia"
}
naive() {
  "$java" $options $1 -cp "$jars" $package.bench.NaiveStart "$program" "$modules"
}
# measure ROW COMMAND…: notes milliseconds from main, of the process, and of processors.
measure() {
  local row=$1 real user system
  shift
  { time "$@" >/dev/null 2>"$work/errors"; } 2>"$work/time"
  read -r real user system <"$work/time"
  printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$row" \
    "$(sed -n 's/ ms from start to end$//p' "$work/errors")" "$real" "$user" "$system" >>"$work/times"
}

"$java" -cp "$jars" $package.bench.BenchProgram "$program" "$modules"
(cd "$program/naive" && ls *.c | sed 's/\.c$//' |
  xargs -P "$(getconf _NPROCESSORS_ONLN)" -I{} cc -O2 -w -shared -fPIC {}.c -o {}.so)
sleep 3 # What is younger than a file system's clock is coarse is read again.

measure 'compiled from nothing' sepia '' --explain
grep -v '^m[0-9]' "$work/errors"
# Each gets an AOT cache of its own second start.
sepia "-XX:AOTCacheOutput=$work/sepia.aot" '' >/dev/null 2>&1
naive "-XX:AOTCacheOutput=$work/naive.aot" >/dev/null 2>&1
for _ in $(seq "$rounds"); do
  measure 'second start' sepia "-XX:AOTCache=$work/sepia.aot" ''
  measure 'naive start' naive "-XX:AOTCache=$work/naive.aot"
  measure 'second start, no AOT cache' sepia '' ''
  measure 'naive start, no AOT cache' naive ''
done
edited=$program/$(printf m%03d $((modules / 2))).sepia
sed "s/return sum/return sum + 1/" "$edited" >"$work/edited"
mv "$work/edited" "$edited"
measure 'one module edited' sepia "-XX:AOTCache=$work/sepia.aot" --explain
grep -v ' fresh ' "$work/errors"

awk -F '\t' '
  function value(row, column, n,   all, i, j, t) {
    for (i = 1; i <= n; i++) {
      all[i] = times[row, column, i]
      for (j = i; j > 1 && all[j - 1] > all[j]; j--) { t = all[j]; all[j] = all[j - 1]; all[j - 1] = t }
    }
    return n == 1 ? sprintf("%.0f", all[1]) \
                  : sprintf("%.0f (%.0f–%.0f)", all[int((n + 1) / 2)], all[1], all[n])
  }
  !($1 in count) { rows[++number] = $1 }
  {
    n = ++count[$1]
    times[$1, 1, n] = $2 + 0
    times[$1, 2, n] = $3 * 1000
    times[$1, 3, n] = ($4 + $5) * 1000
  }
  END {
    printf "\n%-28s %20s %20s %20s\n", "milliseconds", "main to result", "whole process", "processor time"
    for (i = 1; i <= number; i++) {
      row = rows[i]
      printf "%-28s", row
      for (column = 1; column <= 3; column++) printf " %20s", value(row, column, count[row])
      printf "\n"
    }
  }' "$work/times"
