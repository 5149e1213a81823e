#include "faulty_vfs.hpp"

#include <new>

#include <sqlite3.h>

namespace sagaflow::testing {

namespace {

struct faulty_file {
    sqlite3_file base;
    sqlite3_file* real() {
        return reinterpret_cast<sqlite3_file*>(this + 1);
    } // SQLite gives the room for both
};

faulty_file& of(sqlite3_file* f) {
    return *reinterpret_cast<faulty_file*>(f);
}
sqlite3_file* real(sqlite3_file* f) {
    return of(f).real();
}
sqlite3_vfs& default_vfs() {
    static auto* const vfs = sqlite3_vfs_find(nullptr);
    return *vfs;
}

int write(sqlite3_file* f, const void* data, int bytes, sqlite3_int64 at) {
    auto& d = disk();
    d.writes += 1;
    if (d.writes_left == 0) {
        (void)real(f)->pMethods->xWrite(real(f), data, bytes / 2, at);
        return d.write_error;
    }
    if (d.writes_left > 0) d.writes_left -= 1;
    return real(f)->pMethods->xWrite(real(f), data, bytes, at);
}

int sync(sqlite3_file* f, int flags) {
    if (disk().fsync_fails) return SQLITE_IOERR_FSYNC;
    return real(f)->pMethods->xSync(real(f), flags);
}

sqlite3_io_methods methods() {
    sqlite3_io_methods m{};
    m.iVersion = 2;
    m.xClose = [](sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); };
    m.xRead = [](sqlite3_file* f, void* to, int n, sqlite3_int64 at) {
        return real(f)->pMethods->xRead(real(f), to, n, at);
    };
    m.xWrite = write;
    m.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
        return real(f)->pMethods->xTruncate(real(f), size);
    };
    m.xSync = sync;
    m.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
        return real(f)->pMethods->xFileSize(real(f), size);
    };
    m.xLock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); };
    m.xUnlock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xUnlock(real(f), level); };
    m.xCheckReservedLock = [](sqlite3_file* f, int* held) {
        return real(f)->pMethods->xCheckReservedLock(real(f), held);
    };
    m.xFileControl = [](sqlite3_file* f, int op, void* arg) {
        return real(f)->pMethods->xFileControl(real(f), op, arg);
    };
    m.xSectorSize = [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); };
    m.xDeviceCharacteristics = [](sqlite3_file* f) {
        return real(f)->pMethods->xDeviceCharacteristics(real(f));
    };
    m.xShmMap = [](sqlite3_file* f, int page, int size, int extend, void volatile** at) {
        return real(f)->pMethods->xShmMap(real(f), page, size, extend, at);
    };
    m.xShmLock = [](sqlite3_file* f, int offset, int n, int flags) {
        return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
    };
    m.xShmBarrier = [](sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); };
    m.xShmUnmap = [](sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); };
    return m;
}

int open(sqlite3_vfs*, const char* name, sqlite3_file* f, int flags, int* out) {
    static const auto ours = methods();
    auto* file = new (f) faulty_file{};
    const int code = default_vfs().xOpen(&default_vfs(), name, file->real(), flags, out);
    file->base.pMethods = file->real()->pMethods != nullptr ? &ours : nullptr;
    return code;
}

} // namespace

faulty_disk& disk() {
    static faulty_disk the_disk;
    return the_disk;
}

const char* faulty_vfs() {
    static const auto registered = [] {
        static sqlite3_vfs vfs = default_vfs();
        vfs.zName = "sagaflow-faulty";
        vfs.szOsFile += static_cast<int>(sizeof(faulty_file));
        vfs.xOpen = open;
        sqlite3_vfs_register(&vfs, 0);
        return vfs.zName;
    }();
    return registered;
}

} // namespace sagaflow::testing
