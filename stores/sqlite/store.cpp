// The store in one SQLite file: one connection that writes, a few that read.
#include "../source.hpp"
#include "connection.hpp"
#include "owner_lock.hpp"
#include "reader.hpp"
#include "schema.hpp"
#include "writer.hpp"

#include <sagaflow/sqlite.hpp>

#include <filesystem>
#include <mutex>

namespace sagaflow::sqlite {

namespace {

// The same file by another name must meet the same lock.
store_options resolved(store_options options) {
    if (options.path.empty() || options.path == ":memory:")
        throw error(
            errc::invalid_argument,
            "a saga store needs the path of a file; for a store without one there is memory::make_store()");
    std::error_code failed;
    const auto path = std::filesystem::weakly_canonical(options.path, failed);
    if (!failed) options.path = path.string();
    return options;
}

connection open_writer(const store_options& options) {
    connection db(options.path, options.vfs);
    check_kind(db, migrations());
    apply(db.handle(), options.settings);
    migrate(db, migrations());
    statement make(
        db,
        "INSERT OR IGNORE INTO store (id, source, epoch, owner, last_batch, last_event, indexed_up_to) "
        "VALUES (1, ?1, 0, '', 0, 0, 0)");
    const auto source = draw_source();
    make.bind(1, source).run();
    return db;
}

class sqlite_store final : public sagaflow::store {
  public:
    explicit sqlite_store(const store_options& options)
        : options_(resolved(options)),
          lock_(options_.path),
          connection_(open_writer(options_)),
          writer_(connection_),
          readers_(options_) {}

    ownership claim(std::uint32_t shard, const std::string& owner) override {
        if (shard != 0)
            throw error(errc::invalid_argument,
                        "a SQLite store has shard 0 only, not shard " + std::to_string(shard));
        auto owned = writer_.claim(owner);
        lock_.describe(owner);
        return owned;
    }

    void commit(const batch& b) override { writer_.commit(b); }

    std::vector<std::optional<saga_row>> load(std::span<const std::string> ids) override {
        return readers_.with([&](reader& r) { return r.load(ids, writer_.ids()); });
    }
    saga_page list(const saga_filter& filter, std::uint64_t after) override {
        return readers_.with([&](reader& r) { return r.list(filter, after); });
    }
    std::vector<event> events(std::uint64_t after, std::optional<std::uint64_t> birth,
                              std::size_t limit) override {
        return readers_.with([&](reader& r) { return r.events(after, birth, limit); });
    }

  private:
    store_options options_;
    owner_lock lock_;
    connection connection_;
    writer writer_;
    reader_pool readers_;
};

} // namespace

std::shared_ptr<sagaflow::store> open(const store_options& options) {
    return std::make_shared<sqlite_store>(options);
}

} // namespace sagaflow::sqlite
