#!/usr/bin/env bash
# Usage: deploy/services.sh COMMAND [ARGUMENT...]
# Runs the command beside a throw-away PostgreSQL, named to it in TEST_DATABASE_URL, and exits with its status.
# First it sees to the system packages that the tests need: PostgreSQL, Chromium, Chinese fonts, gettext and Java.
# Where TEST_DATABASE_URL is set already, that database is used and none is started.
set -euo pipefail

have() { command -v "$1" >/dev/null 2>&1; }

# Debian keeps the server's programs off the PATH, a folder for each version.
postgres_bin() {
    local bin
    for bin in /usr/lib/postgresql/*/bin "$(pg_config --bindir 2>/dev/null || true)"; do
        if [ -x "$bin/initdb" ]; then echo "$bin"; fi
    done | sort -V | tail -n 1
}

has_postgres() { [ -n "${TEST_DATABASE_URL:-}" ] || [ -n "$(postgres_bin)" ]; }
has_chromium() { have chromium || have chromium-browser || have google-chrome || [ -d "/Applications/Google Chrome.app" ]; }
has_fonts() { [ "$(uname)" = Darwin ] || { have fc-list && [ -n "$(fc-list :lang=zh-cn family)" ]; }; }
# A Mac without Java has a command of that name all the same, which fails.
has_java() { java -version >/dev/null 2>&1; }
has_libatomic() { [ "$(uname)" = Darwin ] || python3 -c 'import ctypes; ctypes.CDLL("libatomic.so.1")' 2>/dev/null; }

missing_packages() {
    has_postgres || echo postgresql
    has_chromium || echo chromium
    has_fonts || echo fontconfig fonts-noto-cjk
    has_libatomic || echo libatomic1 # Playwright's driver is linked with it
    have msgfmt || echo gettext
    has_java || echo default-jre-headless # for the Nu HTML checker
    [ "$(id -u)" != 0 ] || have postfix || echo postfix # starts as root only
}

install_packages() {
    local as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo -n)
    if ! have apt-get || ! "${as_root[@]}" true 2>/dev/null; then
        echo "The tests need these packages (Debian's names). Install them and try again:" >&2
        echo "  sudo apt-get install $*" >&2
        return 1
    fi
    echo "Installing what the tests need: $*"
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$@"
}

# PostgreSQL refuses to run as root: there its programs run as the user that its package made.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

stop_postgres() {
    as_postgres "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}

start_postgres() {
    local password port locale
    bin=$(postgres_bin)
    folder=$(mktemp -d /tmp/copydesk-postgres.XXXXXX) # the path of a socket must be short
    trap stop_postgres EXIT
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    locale=$(locale -a | grep -iEm1 '^C\.utf-?8$' || echo C)
    echo "$password" >"$folder/password"
    if [ "$(id -u)" = 0 ]; then chown -R postgres "$folder"; fi
    as_postgres "$bin/initdb" -D "$folder/data" --username=copydesk --pwfile="$folder/password" \
        --auth=scram-sha-256 --encoding=UTF8 --locale="$locale" --no-sync >/dev/null
    cat >>"$folder/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$folder'
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
CONF
    if ! as_postgres "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w start >/dev/null; then
        cat "$folder/log" >&2
        return 1
    fi
    export TEST_DATABASE_URL="postgres://copydesk:$password@127.0.0.1:$port/postgres"
    echo "A throw-away PostgreSQL for the tests listens on port $port."
}

missing=$(missing_packages)
# shellcheck disable=SC2086 # one word for each package
[ -z "$missing" ] || install_packages $missing
[ -n "${TEST_DATABASE_URL:-}" ] || start_postgres
"$@"
