// Batches as an engine would make them, for tests of stores: sagas that start, change and finish, with their
// events.
#pragma once

#include <sagaflow/store.hpp>

#include <chrono>
#include <initializer_list>
#include <map>
#include <string>

namespace sagaflow::testing {

// Milliseconds after a fixed day.
inline time_point script_time(std::int64_t milliseconds) {
    return time_point(std::chrono::hours(24 * 20'000)) + duration(milliseconds);
}

// Not thread-safe. What a call returns by reference lives as long as its batch and may be changed before it
// is committed.
class store_script {
  public:
    // Goes on where a claim says that the store is.
    void own(const ownership& o) { owned_ = o; }

    // The next batch, empty.
    batch next() {
        batch b;
        b.epoch = owned_.epoch;
        b.number = ++owned_.last_batch;
        return b;
    }
    // The last batch was refused: its number is used again.
    void give_back() { owned_.last_batch -= 1; }

    saga_row& start(batch& b, const std::string& id) {
        saga_row row;
        row.id = id;
        row.saga_type = "sign-up";
        row.birth = row.last_event = owned_.last_event + 1;
        row.started = script_time(static_cast<std::int64_t>(row.birth));
        row.record = "{}";
        append(b, row, event_kind::started);
        sagas_[id] = row;
        return b.started.emplace_back(row);
    }

    saga_row& change(batch& b, const std::string& id) {
        append(b, sagas_.at(id), event_kind::progressed);
        return b.changed.emplace_back(sagas_.at(id));
    }

    saga_row& finish(batch& b, const std::string& id) {
        auto& row = sagas_.at(id);
        row.state = saga_state::completed;
        append(b, row, event_kind::completed);
        row.finished = b.events.back().at;
        return b.finished.emplace_back(row);
    }

    // A batch in which these start.
    batch started(std::initializer_list<std::string> ids) {
        auto b = next();
        for (const auto& id : ids) start(b, id);
        return b;
    }
    // A batch in which `count` start, numbered on from the last ones of this kind.
    batch started_many(const std::string& prefix, int count) {
        auto b = next();
        for (int i = 0; i < count; ++i) start(b, prefix + std::to_string(numbered_++));
        return b;
    }

    std::uint64_t last_event() const noexcept { return owned_.last_event; }

  private:
    void append(batch& b, saga_row& row, event_kind kind) {
        event e;
        e.seq = ++owned_.last_event;
        e.birth = row.birth;
        e.previous = kind == event_kind::started ? 0 : row.last_event;
        e.saga_id = row.id;
        e.saga_type = row.saga_type;
        e.at = script_time(static_cast<std::int64_t>(e.seq));
        e.kind = kind;
        e.state = row.state;
        e.details = R"({"steps":{"open-chat":"done"}})";
        if (kind == event_kind::completed) e.status = R"({"chat":"green"})";
        row.last_event = e.seq;
        b.events.push_back(std::move(e));
    }

    ownership owned_;
    std::map<std::string, saga_row> sagas_;
    int numbered_ = 0;
};

inline bool same(const saga_row& a, const saga_row& b) {
    return a.birth == b.birth && a.id == b.id && a.saga_type == b.saga_type && a.version == b.version &&
           a.state == b.state && a.input_hash == b.input_hash && a.started == b.started &&
           a.finished == b.finished && a.last_event == b.last_event && a.record == b.record;
}

inline bool same(const event& a, const event& b) {
    return a.seq == b.seq && a.birth == b.birth && a.previous == b.previous && a.saga_id == b.saga_id &&
           a.saga_type == b.saga_type && a.at == b.at && a.kind == b.kind && a.state == b.state &&
           a.details == b.details && a.status == b.status;
}

// "a b c", in the page's order.
inline std::string ids(const saga_page& page) {
    std::string text;
    for (const auto& row : page.sagas) text += (text.empty() ? "" : " ") + row.id;
    return text;
}

} // namespace sagaflow::testing
