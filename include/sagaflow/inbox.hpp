// The inbox interface: what a participant's database must offer so that a handler takes effect once
// per command. Implementations: <sagaflow/sqlite.hpp>, <sagaflow/memory.hpp>, yours
// (docs/new_store.md). The barrier on top of it (rules B1 to B9) is sagaflow's; no inbox writes it
// again.
#pragma once

#include <sagaflow/error.hpp>
#include <sagaflow/message.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace sagaflow {

// A command's place in the inbox. All of `/n` of a command share (source, command); see
// docs/guarantees.md.
struct inbox_key {
    std::string source;  // message::source
    std::string command; // message::id without its "/action", "/compensation" and "/n"
    bool compensation = false;
    std::uint32_t number = 1; // the n of "/n"
};

// A stored answer.
struct inbox_answer {
    reply_outcome outcome = reply_outcome::success;
    std::string body;
};

// What claim() found for a command when it came.
struct inbox_rows {
    bool claimed = false;               // this very key was not there before: it is now, without an answer
    std::optional<inbox_answer> answer; // stored for this very key
    bool action_effective = false;      // some /n of the action has a success stored
    bool compensation_seen = false;     // some /n of the compensation was claimed
};

// One transaction of the participant's own database; the handler writes through it too. Derive from
// it and give users what they need (sqlite::transaction hands out its sqlite3*). Lives only during
// inbox::transaction().
class inbox_transaction {
  public:
    virtual ~inbox_transaction() = default;

    // Inserts the key if it is new and returns what is stored about its command.
    virtual inbox_rows claim(const inbox_key& key) = 0;

    // Runs work; if it throws, undoes its writes and only those, then throws on. Where that fails the
    // transaction is lost: nothing of it may be committed, whatever was thrown.
    virtual void savepoint(const std::function<void()>& work) = 0;

    // Stores the answer of a claimed key. It keeps its age: purge() counts from here.
    virtual void answer(const inbox_key& key, const inbox_answer& reply) = 0;
};

class inbox {
  public:
    virtual ~inbox() = default;

    // Runs work in a transaction and commits it; durable when it returns. If work or the commit
    // throws, nothing is stored and it throws on. One at a time; blocks.
    virtual void transaction(const std::function<void(inbox_transaction&)>& work) = 0;

    // Removes rows answered (or claimed, if never answered) before that time, at most limit; returns
    // how many.
    virtual std::size_t purge(time_point before, std::size_t limit) = 0;
};

} // namespace sagaflow
