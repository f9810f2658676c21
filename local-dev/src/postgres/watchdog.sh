# Stops the database server once nobody uses it any more, even when the last user was killed.
# Arguments: start lock, users lock, postmaster.pid, process number of the server, seconds to linger.
# Every user holds the users lock shared, and the system lets go of it whenever a process ends, however it ends.
start_lock=$1 users_lock=$2 pid_file=$3 server=$4 linger=$5
trap '' HUP INT TERM
exec 8>>"$start_lock" 9>>"$users_lock"

# A killed server leaves its file behind, and where nobody collects dead processes also its number.
is_running() {
    read -r running 2>/dev/null <"$pid_file" && [ "$running" = "$server" ] || return 1
    if [ -e /proc/self/cmdline ]; then
        grep -q postgres "/proc/$server/cmdline" 2>/dev/null
    else
        kill -0 "$server" 2>/dev/null
    fi
}

while :; do
    flock 9 && flock -u 9 || exit 1 # returns when nobody uses the server
    sleep "$linger"
    flock 8 # nobody starts while we look and stop
    is_running || exit 0
    if flock -n 9; then
        kill -INT "$server" 2>/dev/null
        waited=0
        while is_running && [ "$waited" -lt 600 ]; do
            sleep 0.05
            waited=$((waited + 1))
        done
        exit 0
    fi
    flock -u 8
done
