// What the shard's parts share.
#pragma once

#include "core/hot_set.hpp"
#include "core/outbox.hpp"
#include "core/read_log.hpp"
#include "core/shard.hpp"
#include "core/status_feed.hpp"
#include "core/timer_heap.hpp"

#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace sagaflow::core {

// What leaves together once something is durable.
struct released {
    struct command {
        hot_saga* saga;
        send_order order;
    };
    std::vector<command> commands;
    std::vector<token> acknowledge;
    std::vector<answer> answers;
    std::vector<alert> alerts;
    std::size_t starts = 0; // answers to starts among them

    bool empty() const noexcept {
        return commands.empty() && acknowledge.empty() && answers.empty() && alerts.empty();
    }
};

// A batch and what leaves once it is durable.
struct sealed_batch {
    std::shared_ptr<const batch> content;
    released after;
};

// An input for a saga that is being loaded.
struct pending_input {
    struct explain {
        token caller;
    };
    struct reply {
        message content;
        token delivery;
    };
    std::variant<start_request, verb_request, explain, reply> what;
};

// Walks over stored sagas page by page.
struct scan {
    bool active = false;
    bool rewound = false; // `after` was set back while a page was being read
    std::uint64_t after = 0;
    time_point not_before{};
};

struct shard::impl {
    impl(shard_options o, ownership owned);

    // shard_inputs.cpp
    void start(start_request request);
    void start_new(start_request request, time_point now);
    void answer_known(const start_request& request, const std::string& saga_type, std::uint64_t hash,
                      std::uint64_t birth, saga_state state, released& into);
    void operate(verb_request request, time_point now);
    void operate_hot(hot_saga& saga, const verb_request& request, time_point now);
    void explain_hot(hot_saga& saga, token caller, time_point now);
    void reply(message content, token delivery, time_point now);
    void reply_hot(hot_saga& saga, const message& content, token delivery, time_point now);
    void tick(time_point now);

    // shard_reads.cpp
    void wait_for_load(const std::string& id, pending_input input);
    void loaded(std::uint64_t ticket, std::vector<std::optional<saga_row>> rows, time_point now);
    void load_result(std::uint64_t ticket, const std::string& id, std::optional<saga_row> row,
                     time_point now);
    void events_read(std::uint64_t ticket, std::vector<event> page, time_point now);
    void listed(std::uint64_t ticket, saga_page page, time_point now);
    void scanned(std::uint64_t ticket, saga_page page, time_point now);
    std::size_t scan_size() const;
    void rehosted(std::uint64_t ticket, saga_page page, time_point now);
    void timers_listed(std::uint64_t ticket, saga_page page, time_point now);
    void purge_listed(saga_page page, time_point now);
    hot_saga* bring_in(const saga_row& row, time_point now);
    hot_saga* make_hot(const saga_row& row, bool recently, time_point now);
    void resume_or_resend(hot_saga& saga, time_point now);
    void host(std::shared_ptr<const plan> definition, time_point now);
    void request_reads(time_point now);
    void answer_from_row(pending_input& input, const std::optional<saga_row>& row, time_point now);

    // shard_batch.cpp
    void apply(hot_saga& saga, transition t);
    void mark_dirty(hot_saga& saga);
    void count(const event& e);
    void seal();
    bool batch_is_empty() const;
    void committed(std::uint64_t number, time_point now);
    void release(released& what, time_point now);
    released& after(const hot_saga& saga); // what waits for the newest change of the saga
    void set_timer(hot_saga& saga);
    void remove_if_over(hot_saga& saga);
    void evict();
    bool is_evictable(const hot_saga& saga) const;
    void leave_memory(hot_saga& saga);
    void answer_to(released& into, token caller, answer_value value);
    void publish_reported(std::uint64_t ticket, published::verdict verdict, const std::string& reason,
                          time_point now);
    std::optional<std::string> body_of(hot_saga& saga, std::size_t step, bool compensation, time_point now);
    effects take_effects(time_point now);
    std::optional<time_point> wake(time_point now) const;

    machine machine_for(const hot_saga& saga) const { return {*saga.definition, machine_settings}; }
    std::shared_ptr<const plan> find_plan(const std::string& saga_type, int version) const;

    shard_options options;
    ownership owned;
    machine_options machine_settings;
    std::map<std::string, std::map<int, std::shared_ptr<const plan>>> hosted;

    hot_set hot;
    timer_heap timers;
    outbox publisher;
    status_feed statuses;
    read_log reads;
    std::unordered_map<std::string, std::vector<pending_input>> loading;
    std::vector<std::string> to_load;
    std::unordered_map<std::uint64_t, std::vector<std::string>> load_ids; // by ticket

    std::uint64_t last_event = 0;
    std::uint64_t durable_event = 0;
    std::uint64_t last_batch = 0;
    std::uint64_t durable_batch = 0;
    batch next;                      // the batch that is being put together, but for its sagas' rows
    std::vector<hot_saga*> dirty;    // those
    released after_next;             // leaves when that batch is durable
    released free_to_leave;          // waits for nothing
    std::deque<sealed_batch> sealed; // closed batches; the first one may be on its way
    bool on_its_way = false;
    effects out; // what the next take_effects() hands out

    scan recovery;
    std::map<std::pair<std::string, int>, scan> rehosting; // definitions hosted while the shard runs
    std::optional<std::pair<std::string, int>> rehost_reading;
    time_point next_timer_poll{}, next_purge_poll{};
    std::uint64_t timers_after_batch = 0, purge_after_batch = 0; // poll on once that is durable
    bool refusing = false, stopped = false, begun = false;
    std::string trouble;
    std::size_t pending_starts = 0;
    shard_figures figures;
};

std::uint64_t hash_input(std::string_view saga_type, std::string_view input);

} // namespace sagaflow::core
