// The store interface: five functions that keep sagas. Implementations: <sagaflow/sqlite.hpp>,
// <sagaflow/memory.hpp>, yours (docs/new_store.md). The conformance suite in
// <sagaflow/testing/store_conformance.hpp> is part of it.
#pragma once

#include <sagaflow/error.hpp>
#include <sagaflow/event.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sagaflow {

// A store's failure. Transient: the same call may succeed later (a full disk, a lost connection);
// permanent: it never will (a corrupt file, fenced: another owner).
class store_error : public error {
  public:
    enum class kind : std::uint8_t { transient, permanent, fenced };
    store_error(kind k, errc code, const std::string& message) : error(code, message), kind_(k) {}
    kind which() const noexcept { return kind_; }

  private:
    kind kind_;
};

// A saga as it is stored. Everything that lists and filters need stands beside the record.
struct saga_row {
    std::uint64_t birth = 0; // primary key: the seq of its first event
    std::string id;          // unique among the sagas of a store until the saga is purged
    std::string saga_type;
    int version = 1;
    saga_state state = saga_state::running;
    std::uint64_t input_hash = 0; // of the encoded start input (R1)
    time_point started{};
    std::optional<time_point> finished;
    std::uint64_t last_event = 0; // the seq of its newest event
    std::string record;           // JSON, the core's (docs/store_schema.md)
};

// What a definition looked like when its sagas were stored (R15).
struct definition_row {
    std::string saga_type;
    int version = 1;
    std::string fingerprint;
};

// A cold saga's next wake-up. Kept until done; there may be several for a saga.
struct timer_row {
    std::uint64_t birth = 0;
    time_point due{};
};

// One atomic change of a shard.
struct batch {
    std::uint32_t shard = 0;
    std::uint64_t epoch = 0;
    std::uint64_t number = 0;       // rises by one with each batch of a shard, over all epochs
    std::vector<saga_row> started;  // insert; their births rise
    std::vector<saga_row> changed;  // replace, by birth; still unfinished
    std::vector<saga_row> finished; // replace, by birth; may also be among the started of this batch's sagas
    std::vector<event> events;      // append; their seqs rise
    std::vector<definition_row> definitions; // insert or replace, by type and version
    std::vector<timer_row> timers;           // add, after `fired` were removed
    std::vector<timer_row> fired;            // remove; one that is not there is no error
    std::vector<std::uint64_t> purged; // remove these finished sagas, by birth, with their events, before
                                       // `started` is inserted; one that is gone is no error
    std::uint64_t status_published =
        0; // keep it, if it is not 0: up to this event all are on the status topic

    bool empty() const noexcept {
        return started.empty() && changed.empty() && finished.empty() && events.empty() &&
               definitions.empty() && timers.empty() && fired.empty() && purged.empty() &&
               status_published == 0;
    }
};

// What claim() hands out.
struct ownership {
    std::uint32_t shard = 0;
    std::uint64_t epoch = 0;
    std::string source;                 // drawn once, when the store was made: "urn:sagaflow:<random>"
    std::uint64_t last_event = 0;       // the highest seq ever used in this shard, purged ones included
    std::uint64_t last_batch = 0;       // the number of the last batch applied
    std::uint64_t status_published = 0; // the newest that a batch had; 0: none had
    std::vector<definition_row> definitions;
};

struct saga_filter {
    enum class order : std::uint8_t { unfinished, finished, all, due };
    order among = order::all;                  // due: sagas with a timer_row that is due before `before`
    std::optional<saga_state> state = {};      // only these
    std::optional<std::string> saga_type = {}; // only these
    std::optional<int> version = {};           // only these
    std::optional<time_point> before = {};     // finished: finished before it; due: due before it
    bool with_record = true;                   // false: `record` is left empty, which is cheaper
    std::size_t limit = 256;
};

struct saga_page {
    std::vector<saga_row> sagas;
    std::vector<timer_row> timers; // with order::due: the rows behind the sagas (also of sagas that
                                   // are gone or finished), at most limit
    std::uint64_t next = 0;        // pass as `after` for the next page; 0: there is none
};

// Threads: commit() and claim() are called from one thread at a time, the three readers from any,
// also during a commit. All block. Readers see every batch whose commit has returned. Every
// function may throw store_error.
class store {
  public:
    virtual ~store() = default;

    // Takes the shard for `owner` (an engine's name, for error messages), with a new, higher epoch.
    // Whoever had it is fenced from then on. Throws error(in_use) naming the holder when ownership
    // can't be taken over (a file that is held).
    virtual ownership claim(std::uint32_t shard, const std::string& owner) = 0;

    // All or nothing; durable when it returns. A batch whose number was applied already succeeds
    // and changes nothing; an old epoch throws fenced; a gap in the numbers is permanent.
    virtual void commit(const batch& b) = 0;

    // The newest saga of each id, if it is there: unfinished or finished and not purged. In the
    // order of ids.
    virtual std::vector<std::optional<saga_row>> load(std::span<const std::string> ids) = 0;

    // Sagas with birth > after, in the order of birth, at most limit.
    // Two are work lists instead, the earliest first whatever `after` is, and `next` only says that
    // there is more: order::due (unfinished sagas; a row comes again until it is among a batch's
    // `fired`), and order::finished with `before` (until it is among a batch's `purged`). Both cost
    // what they return, not what is stored.
    virtual saga_page list(const saga_filter& filter, std::uint64_t after) = 0;

    // Events with seq > after, in order, at most limit: of one saga (by birth; it costs what that
    // saga has), or of all.
    virtual std::vector<event> events(std::uint64_t after, std::optional<std::uint64_t> birth,
                                      std::size_t limit) = 0;
};

} // namespace sagaflow
