#!/bin/sh
# Print the path of a Python that is 3.11 or newer, or say what to install.
set -eu

path_if_new_enough='import sys; print(sys.executable) if sys.version_info >= (3, 11) else sys.exit(1)'

# Each one is started, not just found: a version switcher leaves names on PATH that do not run.
for name in python3.11 python3.12 python3.13 python3; do
    "$name" -c "$path_if_new_enough" 2>/dev/null && exit 0
done

cat >&2 <<'MESSAGE'
✗ Cần Python 3.11 trở lên; máy này chưa có. Trên Debian 12 / Ubuntu 24.04: apt install python3 python3-venv.
  Trên Ubuntu 22.04: apt install python3.11 python3.11-venv.
✗ Python 3.11 or newer is needed and was not found. On Debian 12 / Ubuntu 24.04: apt install python3 python3-venv.
  On Ubuntu 22.04: apt install python3.11 python3.11-venv.
MESSAGE
exit 1
