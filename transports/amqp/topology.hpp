// Which exchanges and queues an address has, and how they are made.
#pragma once

#include "connection.hpp"

#include <sagaflow/amqp.hpp>
#include <sagaflow/transport.hpp>

#include <atomic>
#include <chrono>
#include <string>

namespace sagaflow::amqp {

// Throws error(invalid_argument) for names that AMQP or this transport can't have.
void check_names(const subscription& s);
std::string queue_of(const subscription& s);
std::string dead_letters_of(const std::string& address);
std::string owner_queue_of(const std::string& address);
std::string owner_name_queue_of(const std::string& address);

// A channel for questions: a refusal closes it, and the next question opens it again.
class questions {
  public:
    questions(connection& c, std::uint16_t channel) : connection_(c), channel_(channel) {}
    ~questions();
    questions(const questions&) = delete;
    questions& operator=(const questions&) = delete;

    template <class Answer, class Request>
    const Answer& ask(amqp_method_number_t request, amqp_method_number_t answer, const Request& what) {
        open();
        try {
            return connection_.call<Answer>(channel_, request, answer, what);
        } catch (...) {
            open_ = false; // by the broker, or with the connection
            throw;
        }
    }
    void exchange(const std::string& name, bool passive);
    void queue(const std::string& name, bool passive, bool exclusive, amqp_table_t arguments);
    bool is_queue(const std::string& name);
    void bind(const std::string& queue, const std::string& exchange, const std::string& key);

    connection& of() { return connection_; }
    std::uint16_t channel() const { return channel_; }
    void open();

  private:
    connection& connection_;
    const std::uint16_t channel_;
    bool open_ = false;
};

// When something happened; the epoch: it did not.
using moment = std::atomic<std::chrono::steady_clock::time_point>;

class topology_keeper {
  public:
    explicit topology_keeper(const transport_options& options) : options_(options) {}

    // Both throw error if the broker has what does not fit, or has not what there should be; or
    // connection_lost, or channel_closed for what may pass.
    void prepare(questions& ask, const std::string& address) const; // to publish to
    // To consume from. `made`: when its queue was, if it was not there.
    void prepare(questions& ask, const subscription& s, moment& made) const;

  private:
    void make(questions& ask, const std::string& address) const;
    void make_dead_letters(questions& ask, const std::string& address) const;
    void make_queue(questions& ask, const subscription& s, moment& made) const;

    const transport_options& options_;
};

} // namespace sagaflow::amqp
