// Watches the engine from outside and says at once when it breaks a promise. It knows what is durable, and
// checks all that leaves against it.
#pragma once

#include "core/effects.hpp"
#include "testing/services.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace sagaflow::testing {

class witness {
  public:
    witness(const simulated& what, const services& world, bool status_topic)
        : what_(what), services_(world), status_topic_(status_topic) {}

    // The engine knows that the batch is durable.
    void durable(const batch& b, time_point now);

    // A new engine: what it knows is what is durable.
    void restarted();

    // What leaves.
    void sent(const message& m);
    void status_accepted(const message& m); // or refused for good
    void acknowledged(const message& reply);
    void started(const std::string& id, const core::answer_value& answer, std::size_t input);
    void told(const event& e);
    void alerted(const alert& a);

    // Nothing is under way any more.
    void at_rest(bool after_operators) const;

    bool all_ended() const; // or suspended
    const core::saga_record* find(const std::string& id) const;
    std::vector<std::string> suspended() const;
    std::string standing() const; // of all sagas that are neither finished nor suspended

  private:
    void check_row(const saga_row& row, bool is_new, time_point now);
    void check_event(const event& e);
    void status_sent(const message& m) const;
    void check_cursor(std::uint64_t up_to) const;
    void forget(std::uint64_t birth);
    void foresee_compensations(const core::saga_record& before, const core::saga_record& after);
    void check_compensated(const core::saga_record& r) const;
    std::string command_of(const core::saga_record& r, std::size_t step) const;

    struct foreseen {
        bool possible = false;
        std::string body;
    };

    const simulated& what_;
    const services& services_;
    const bool status_topic_;
    std::map<std::uint64_t, core::saga_record> sagas_; // by birth, as they are durable
    std::map<std::string, std::uint64_t, std::less<>> births_;
    std::map<std::string, std::size_t, std::less<>> inputs_; // of the sagas that are there
    std::map<std::uint64_t, std::uint64_t> last_events_;     // by birth
    std::set<std::uint64_t> purged_;
    std::set<std::uint64_t> over_;                             // their terminal event was seen
    std::map<std::string, message, std::less<>> commands_;     // that left, by id
    std::map<std::string, foreseen, std::less<>> undo_bodies_; // by "<saga>~<birth>/<step>"
    std::map<std::string, bool, std::less<>> alerts_;
    struct status_event {
        std::string saga_id, document;
        bool accepted = false;
    };
    std::map<std::uint64_t, status_event> statuses_; // durable, by seq
    std::uint64_t last_event_ = 0;
    std::uint64_t last_told_ = 0;
};

} // namespace sagaflow::testing
