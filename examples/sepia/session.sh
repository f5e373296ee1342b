#!/bin/sh
# What each kind of edit makes Sepia do, as --explain tells it: a session with a copy of the tour.
set -eu

here=$(cd -P -- "$(dirname -- "$0")" && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' 0
cp -R "$here/programs/." "$work/"
cd "$work"
sleep 3 # What is younger than a file system's clock is coarse is read again.

step() {
  printf '\n# %s\n$ sepia run --explain%s tour.sepia\n' "$1" "${2+ $2}"
  "$here/sepia" run --explain ${2-} --store store tour.sepia 2>&1 >/dev/null
}
# edit FILE SED-COMMAND
edit() {
  sed "$2" "$1" >edited
  mv edited "$1"
}

step 'the first run'
step 'the second run'
edit shapes.sepia '1s/^/# A comment.\n/'
step 'a comment in shapes'
edit shapes.sepia 's/radius \* pi\[0\] \* radius/radius * radius * pi[0]/'
step 'the body of a function of shapes'
printf '\nexport fn unit(): float { return 1.0; }\n' >>shapes.sepia
step 'another exported function in shapes'
step 'another level of optimisation' -O3
step 'and again' -O3
