#!/bin/sh
# What runs in the container of a run, below docker-init: takes the plan from the first line of its
# standard input, starts the inside part (harness/collect/main.ts), and sends the evidence back on
# its standard output, whatever became of that part. Nothing is mounted, so this works with an
# engine anywhere, and the files belong to whoever unpacks them.
#
#   sh collect.sh OPTIONS     OPTIONS: InsideOptions of harness/domain/inside.ts, in JSON
#
# Standard output: the inside part's lines; then {"event":"evidence"} and a tar archive to the end.
set -u
folder=/tmp/evidence
# Standard input has ended: nobody is left to read evidence.
outside_gone=75

mkdir "$folder" || exit 4
IFS= read -r plan || exit "$outside_gone"
printf '%s\n' "$plan" >"$folder/plan.json"
node "${0%/*}/../dist/harness/collect/main.js" "$1"
code=$?
[ "$code" -ne "$outside_gone" ] || exit "$code"

cd "$folder" || exit 4
# status.json comes last, as it was written last: an archive that is cut off lacks it.
set --
for file in *; do
  case $file in
    plan.json | status.json) ;;
    *) set -- "$@" "$file" ;;
  esac
done
[ ! -e status.json ] || set -- "$@" status.json
[ $# -gt 0 ] || exit "$code"
printf '{"event":"evidence"}\n'
tar -cf - "$@"
exit "$code"
