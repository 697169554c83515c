#!/bin/sh
# Install the system packages that are missing; do nothing, in milliseconds, when none is.
#   tools/system_packages.sh lint    what builds the venv
#   tools/system_packages.sh run     also PostGIS, text layout and a font for PDF files, and what
#                                    opens files of strangers: bubblewrap and libarchive
#   tools/system_packages.sh test    also a browser, and what reads PDF files and their signatures
#   tools/system_packages.sh bench   also a load generator
set -eu
cd "$(dirname "$0")/.."

missing=""

# need PACKAGE FILE...: PACKAGE is missing when none of the files exists. Files, not dpkg's list:
# a PostGIS from the PostgreSQL project's own archive, or one built by hand, serves as well.
need() {
    package=$1
    shift
    for file do
        [ -e "$file" ] && return 0
    done
    missing="$missing $package"
}

need_library() {
    need "$1" /usr/lib/*/"$2" /usr/lib/"$2" /usr/lib64/"$2"
}

need_venv() {
    [ -x .venv/bin/pip ] && return 0
    python=$(tools/choose_python.sh)
    "$python" -c 'import ensurepip, venv' 2>/dev/null && return 0
    missing="$missing $("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
}

need_postgis() {
    need postgresql-postgis /usr/lib/postgresql/*/lib/postgis-3.so \
        "$(pg_config --pkglibdir 2>/dev/null)/postgis-3.so"
}

need_pdf() {
    need_library libpango-1.0-0 libpango-1.0.so.0
    need_library libpangoft2-1.0-0 libpangoft2-1.0.so.0
    need_library libharfbuzz-subset0 libharfbuzz-subset.so.0
    need fonts-dejavu-core /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf \
        /usr/share/fonts/*/DejaVuSans.ttf
}

need_readers() {
    need bubblewrap /usr/bin/bwrap /usr/local/bin/bwrap
    need_library libarchive13 libarchive.so.13
}

# Ubuntu has Chromium as a snap only, which apt cannot bring into a container.
need_browser() {
    need chromium /usr/bin/chromium /usr/bin/chromium-browser /snap/bin/chromium
    case "$missing,$(grep -s '^ID=' /etc/os-release)" in
    *" chromium,ID=ubuntu")
        missing=${missing% chromium}
        echo "· Ubuntu: muốn thử trên trình duyệt thì chạy / for the browser tests run: snap install chromium"
        ;;
    esac
}

give_up() {
    cat >&2 <<MESSAGE
✗ Thiếu các gói hệ thống:$missing
  $1. Hãy nhờ người quản trị cài các gói ấy, hoặc chạy bằng Docker: docker compose up (xem docker-compose.yml).
✗ Missing system packages:$missing
  $2. Ask an administrator to install them, or run it in Docker: docker compose up (see docker-compose.yml).
MESSAGE
    exit 1
}

# The word that gives a command root's rights: nothing for root, sudo for others.
become_root() {
    command -v apt-get >/dev/null ||
        give_up "Máy này không có apt" "This machine has no apt"
    [ "$(id -u)" = 0 ] && return 0
    if ! command -v sudo >/dev/null || { ! sudo -n true 2>/dev/null && ! [ -t 0 ]; }; then
        give_up "Bạn không có quyền root và không có sudo" "You are not root and cannot use sudo"
    fi
    as_root=sudo
}

# apt's own words go to a file and are shown only when it fails.
quietly() {
    $as_root env DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 </dev/null
}

# Debian starts a server on port 5432 as soon as PostgreSQL is installed. The program keeps its own
# private one, so an installation made here starts none; clear_away takes the wish back.
refuse_main_cluster() {
    $as_root mkdir -p "${wish%/*}"
    echo "create_main_cluster = false" | $as_root tee "$wish" >/dev/null
}

clear_away() {
    rm -f "$log"
    $as_root rm -f "$wish"
}

install_missing() {
    log=$(mktemp)
    wish=/etc/postgresql-common/createcluster.d/soquyhoach.conf
    trap clear_away EXIT
    trap 'exit 130' INT TERM
    echo "· Cài gói hệ thống / Installing system packages:$missing"
    quietly apt-get update || true # without a network, what apt has at hand may still do
    refuse_main_cluster
    # shellcheck disable=SC2086 # the list is meant to fall into words
    quietly apt-get install -y --no-install-recommends \
        -o DPkg::Lock::Timeout=120 $missing || {
        tail -n 15 "$log" >&2
        give_up "apt không cài được" "apt could not install them"
    }
}

case ${1-} in
lint)
    need_venv
    ;;
run)
    need_venv
    need_postgis
    need_pdf
    need_readers
    ;;
bench)
    need_venv
    need_postgis
    need_readers
    need wrk /usr/bin/wrk
    ;;
test)
    need_venv
    need_postgis
    need_pdf
    need poppler-utils /usr/bin/pdfsig
    need_readers
    need_browser
    ;;
*) echo "usage: tools/system_packages.sh lint|run|test|bench" >&2 && exit 2 ;;
esac

[ -z "$missing" ] && exit 0
as_root=""
become_root
install_missing
