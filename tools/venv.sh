#!/bin/sh
# Build .venv with the pinned packages; do nothing when that is done and nothing has changed since.
#   tools/venv.sh run    what the program needs
#   tools/venv.sh dev    also what tests and lint need
set -eu
cd "$(dirname "$0")/.."

case ${1-} in
run) project=. ;;
dev) project='.[dev]' ;;
*) echo "usage: tools/venv.sh run|dev" >&2 && exit 2 ;;
esac

# A venv knows its folder by heart: after a move, a copy or an upgrade of Python it is made anew.
usable() {
    grep -qs "$PWD/.venv/" .venv/bin/pip &&
        .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# What the installation depends on, as one number.
fingerprint() {
    { .venv/bin/python -V && cat pyproject.toml constraints.txt; } | cksum
}

installed() {
    for stamp do
        [ "$(cat ".venv/installed-$stamp" 2>/dev/null)" = "$(fingerprint)" ] && return 0
    done
    return 1
}

if ! usable; then
    python=$(tools/choose_python.sh)
    echo "· Tạo .venv với $python / Creating .venv with $python"
    "$python" -m venv --clear .venv
fi

installed dev "$1" && exit 0
echo "· Cài các gói Python vào .venv, lần đầu mất vài phút / Installing Python packages into .venv, minutes the first time"
rm -f .venv/installed-run .venv/installed-dev
.venv/bin/python -m pip install -qq --disable-pip-version-check --no-input \
    --constraint constraints.txt --editable "$project"
fingerprint >".venv/installed-$1"
