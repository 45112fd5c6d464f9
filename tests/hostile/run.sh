#!/bin/bash
# The generated hostile files through `bilag read`: run.sh BILAG. Fails on the first rule broken.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$here/generate.py" "$folder"
"$here/../../scripts/hostile" --quiet --calls --seconds 20 --bilag "$1" \
    --expected "$folder/expected.tsv" "$folder"
