# Sourced by ./demo and ./bench, in the repository's root.
if command -v ccache >/dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=ccache CMAKE_C_COMPILER_LAUNCHER=ccache; fi

# configure_and_build FOLDER TARGET <arguments of cmake>: quiet; what went wrong is shown, and kept in a log.
configure_and_build() {
    local dir=build/$1 target=$2 log=build/$1.log
    shift 2
    mkdir -p "$dir"
    # Two at once would build into each other. One whose start was ended goes on, and keeps the lock.
    exec 9>"$dir.lock"
    flock -n 9 || { echo "another build in $dir is under way: waiting for it"; flock 9; }
    if [ ! -e "$dir/build.ninja" ]; then echo "building in $dir (the first time takes some minutes; log: $log)"; fi
    if ! { cmake -S . -B "$dir" -G Ninja -DCMAKE_BUILD_TYPE=Release -DSAGAFLOW_WERROR=OFF "$@" && cmake --build "$dir" --target "$target"; } >"$log" 2>&1; then
        grep -aE 'error:|Error|FAILED:' "$log" | cut -c -300 | head -20 >&2 || true
        echo "the build failed; the whole log is $log" >&2
        return 1
    fi
    exec 9>&-
}
