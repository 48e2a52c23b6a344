#!/usr/bin/env bash
# Builds the packaged program and tries it.
#
#   packaging/check.sh              in any case
#   packaging/check.sh --changed    only if the packaging is not as at the last check that passed
#
# After a check that passed, packaging/checked.json is written anew and has to be committed.
set -euo pipefail
cd "$(dirname "$0")/.."
if [[ "${1-}" == --changed ]] && python3 packaging/last_check.py is-current; then
    echo "The packaging is as it was when it was checked last: nothing to build."
    exit 0
fi
python3 packaging/build.py
python3 packaging/smoke_test.py
python3 packaging/last_check.py record
