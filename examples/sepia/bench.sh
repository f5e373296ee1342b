#!/bin/sh
# How long a program of many modules takes to its first result: compiled, started again, started the
# naive way, and after an edit. Prints milliseconds from main to the end, as the programs tell them.
#
#   bench.sh [MODULES [ROUNDS]]
set -eu

modules=${1-200}
rounds=${2-5}
here=$(cd -P -- "$(dirname -- "$0")" && pwd -P)
out=$here/../../target/sepia
work=$(mktemp -d)
trap 'rm -rf "$work"' 0

"$here/sepia" build --store "$work/warm" "$here/programs/tour.sepia" # Builds the jars.
jars=$(ls "$here"/../../target/calotype-*.jar | head -n 1):$out/sepia.jar
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
options='-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xlog:disable --enable-native-access=ALL-UNNAMED'
bench=dev.calotype.examples.sepia.bench
program=$work/program
mkdir "$program"

sepia() {
  "$java" $options $2 -cp "$jars" dev.calotype.examples.sepia.Sepia run --explain \
    --store "$work/store" "$program/main.sepia" 2>&1 >/dev/null | tail -n "$1"
}
naive() {
  "$java" $options $1 -cp "$jars" $bench.NaiveStart "$program" "$modules" 2>&1 >/dev/null
}

"$java" -cp "$jars" $bench.BenchProgram "$program" "$modules"
(cd "$program/naive" && ls *.c | sed 's/\.c$//' |
  xargs -P "$(getconf _NPROCESSORS_ONLN)" -I{} cc -O2 -w -shared -fPIC {}.c -o {}.so)

echo "first start, everything compiled:"
sepia 2 ''
# Each gets an AOT cache of its own second start.
sepia 1 "-XX:AOTCacheOutput=$work/sepia.aot" >/dev/null
naive "-XX:AOTCacheOutput=$work/naive.aot" >/dev/null
i=0
while [ "$i" -lt "$rounds" ]; do
  echo "second start: $(sepia 1 "-XX:AOTCache=$work/sepia.aot")"
  echo "naive start:  $(naive "-XX:AOTCache=$work/naive.aot")"
  i=$((i + 1))
done
edited=$program/$(printf m%03d $((modules / 2))).sepia
sed "s/return sum/return sum + 1/" "$edited" >"$work/edited"
mv "$work/edited" "$edited"
echo "after an edit of one module:"
sepia 2 "-XX:AOTCache=$work/sepia.aot"
