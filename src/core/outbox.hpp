// What may be published goes through here: at most a window of messages is with each transport; sagas beyond
// it wait in line, and their messages are made again from their records when it is their turn. The stored
// state is the outbox (R16).
#pragma once

#include "core/effects.hpp"
#include "core/hot_saga.hpp"
#include "core/shard.hpp"

#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace sagaflow::core {

class outbox {
  public:
    struct ticket_entry {
        hot_saga* saga = nullptr;
        std::size_t step = 0;
        bool compensation = false;
        std::uint32_t number = 1;
        std::size_t transport = 0;
    };

    outbox(const shard_options& options, std::string source);

    // So many commands are about to be offered, at most.
    void expect(std::size_t count, std::vector<outgoing>& out) const;
    // A durable command: into `out` if the window has room, else its saga waits in line. A saga with newer
    // changes, which are not durable yet, waits too: what goes out is made from the record.
    void offer(hot_saga& saga, send_order order, time_point now, std::vector<outgoing>& out);

    // Fills the windows from the lines with what is durable. `body_of` makes a message's body again;
    // none: do not send it (any more). `left`: the sagas that are not in line any more.
    using body_maker =
        std::function<std::optional<std::string>(hot_saga&, std::size_t step, bool compensation)>;
    void drain(time_point now, const body_maker& body_of, std::vector<outgoing>& out,
               std::vector<hot_saga*>& left);

    // The transport's word on a ticket, which is then free. A failed one puts the saga in line again, after a
    // pause. The entry's saga is null if the word is about a command that is not the step's newest.
    ticket_entry report(std::uint64_t ticket, published::verdict verdict, time_point now);

    // Batches up to this one are durable.
    void durable(std::uint64_t number) noexcept { durable_ = number; }

    // Takes a saga that `can_go` out of its lines to make room in memory, from near the far end of the
    // longest; null: there is none.
    hot_saga* shed(const std::function<bool(const hot_saga&)>& can_go);

    hot_saga* saga_of(std::uint64_t ticket) const { return tickets_[ticket].saga; }
    // When a pause ends that someone in line waits for; `any`: or that anyone might wait for.
    std::optional<time_point> wake(time_point now, bool any) const;
    std::size_t unaccepted() const noexcept { return tickets_.size() - free_.size(); }
    std::size_t waiting() const noexcept;
    bool has_room(time_point now) const noexcept; // every window is open and has no one in line

  private:
    struct lane {
        std::deque<hot_saga*> line;
        std::size_t with_transport = 0;
        std::optional<time_point> paused_until;
        duration pause{};
    };
    bool is_open(const lane& l, time_point now) const;
    bool is_durable(const hot_saga& saga) const noexcept {
        return !saga.dirty && saga.last_batch <= durable_;
    }
    void wait_in_line(hot_saga& saga, std::size_t transport);
    void leave_lines(hot_saga& saga);
    void emit(hot_saga& saga, std::size_t step, bool compensation, std::string body, target to,
              std::vector<outgoing>& out);
    void send_waiting(hot_saga& saga, std::size_t transport, const body_maker& body_of,
                      std::vector<outgoing>& out);

    const shard_options& options_;
    std::string source_;
    std::vector<lane> lanes_;
    std::vector<ticket_entry> tickets_;
    std::vector<std::uint64_t> free_;
    std::uint64_t durable_ = 0;
};

} // namespace sagaflow::core
