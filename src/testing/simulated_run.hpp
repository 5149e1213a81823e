// One seed: an engine's life, or several, until all is at rest.
#pragma once

#include "core/shard.hpp"
#include "testing/dice.hpp"
#include "testing/services.hpp"
#include "testing/witness.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sagaflow::testing {

class simulated_run {
  public:
    using tracer = std::function<void(const std::string&)>;
    simulated_run(const simulated& what, std::uint64_t seed, tracer trace);

    // Throws broken.
    void go();

  private:
    // What is under way. Any of it may come next; what an engine asked for is lost with it.
    struct commit_asked {
        std::shared_ptr<const batch> b;
    };
    struct commit_done {
        std::shared_ptr<const batch> b;
    };
    struct read_asked {
        core::store_read read;
    };
    struct read_done {
        core::store_read read;
        std::vector<std::optional<saga_row>> rows;
        saga_page page;
        std::vector<event> events;
    };
    struct publish_asked {
        std::size_t transport;
        std::uint64_t ticket;
        message content;
    };
    struct publish_done {
        std::uint64_t ticket;
        published::verdict verdict;
    };
    struct acknowledgement {
        core::token delivery;
    };
    struct in_flight {
        message m;
    };
    using work = std::variant<commit_asked, commit_done, read_asked, read_done, publish_asked, publish_done,
                              acknowledgement, in_flight>;
    struct item {
        int life;              // of the engine that asked; 0: the network's
        time_point not_before; // on the real clock
        work what;
    };
    struct caller {
        std::string id;
        std::size_t input = 0;
        bool start = false;
    };

    // simulated_run.cpp: the engine and its lives
    void begin_life();
    void end_life();
    void fail_over();
    void host();
    void take_effects();
    void take_answer(const core::answer& a);
    void put(work w, duration delay = {});
    bool is_stale(const item& i) const { return i.life != 0 && i.life != life_; }
    core::shard_options options_for_life();

    // simulated_work.cpp: what is under way happens
    bool happen();
    void carry_out(item& i);
    void on(commit_asked& c, bool stale);
    void on(commit_done& c, bool stale);
    void on(read_asked& r, bool stale);
    void on(read_done& r, bool stale);
    void on(publish_asked& p, bool stale);
    void on(publish_done& p, bool stale);
    void on(acknowledgement& a, bool stale);
    void on(in_flight& f, bool stale);
    void travel(message m);
    bool apply(const batch& b);

    // simulated_chaos.cpp: what people and fate do
    void chaos_step();
    void client();
    void operate();
    void operate_all_suspended(core::verb what);
    void fate();
    void time_passes();
    void calm_down();
    void settle();
    std::string standing() const;
    void jump_to_wake();

    void trace(const std::function<std::string()>& text) const {
        if (trace_) trace_(text());
    }
    bool bad_luck(std::uint64_t percent) { return !calm_ && dice_.percent(percent); }
    time_point now() const { return real_ + wall_offset_; }

    const simulated& what_;
    dice dice_;
    tracer trace_;
    // Hours may pass, so that commands grow old and inboxes forget them (B8). No clock jumps then: the
    // machines' clocks must agree better than the two spans differ.
    const bool long_lasting_;
    services services_;
    const bool status_topic_;
    witness witness_;
    std::shared_ptr<store> store_;
    std::unique_ptr<core::shard> shard_;
    bool hosted_ = false;
    int life_ = 0;
    bool calm_ = false;
    std::size_t sagas_ = 1;
    engine_limits limits_;
    duration retention_{};
    time_point real_{std::chrono::hours(24 * 365 * 60)};
    duration wall_offset_{};
    std::optional<time_point> wake_;
    std::vector<bool> transport_up_;
    std::vector<item> under_way_;
    std::map<core::token, message> deliveries_;
    std::map<core::token, caller> callers_;
    std::vector<std::shared_ptr<const batch>> applied_; // in the store, but the engine was not told yet
    core::token next_token_ = 0;
    std::uint64_t steps_ = 0;
};

} // namespace sagaflow::testing
