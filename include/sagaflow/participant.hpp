// participant: a service's side. Its handlers take effect at most once per command, inside the
// service's own transaction.
#pragma once

#include <sagaflow/codec.hpp>
#include <sagaflow/inbox.hpp>
#include <sagaflow/log.hpp>
#include <sagaflow/metric.hpp>
#include <sagaflow/outcome.hpp>
#include <sagaflow/step.hpp>
#include <sagaflow/time.hpp>
#include <sagaflow/transport.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

namespace sagaflow {

// What to do with a message that can't be read, or whose type nobody here handles (B7).
enum class unreadable : std::uint8_t {
    skip,       // acknowledge it: the address is shared with others. Only the handled types are subscribed to
    dead_letter // publish it to "<address>.dead" with the reason, then acknowledge it
};

struct participant_options {
    std::string name; // of its consumer group, and the source of its replies
    std::shared_ptr<sagaflow::transport> transport;
    std::shared_ptr<sagaflow::inbox> inbox =
        nullptr;                             // null: no B1 to B3; the handlers must be idempotent themselves
    std::vector<std::string> addresses = {}; // empty: the parts of the handled types before the first dot
    unreadable on_unreadable = unreadable::dead_letter;
    duration inbox_retention =
        std::chrono::hours(24 * 30); // must be longer than any engine's command_lifetime (B8)
    std::size_t batch_size = 256;    // deliveries in one transaction (B6)
    duration batch_time = std::chrono::milliseconds(20); // after which a batch ends
    std::shared_ptr<log_sink> log = nullptr;
};

// Thrown for a command's body that can't be read (B7).
class unreadable_body : public error {
  public:
    explicit unreadable_body(const std::string& why) : error(errc::invalid_argument, why) {}
};

// Wraps one command's handler; the template below makes it.
struct command_handler {
    std::string type;
    // Reads the body, calls the user's handler. `tx` is null without an inbox. Throws what the
    // handler throws; unreadable_body for a body that can't be read.
    std::function<inbox_answer(inbox_transaction* tx, const message& in)> run;
    // Throws sagaflow::error(invalid_argument) if this inbox does not hand out the transaction type
    // that run needs.
    std::function<void(inbox*)> check;
};

// Threads: handle() before start(); the handlers run on the transport's threads for its addresses, one
// at a time. It does not close the transport, which others may use.
class participant {
  public:
    explicit participant(participant_options options);
    ~participant(); // stops
    participant(const participant&) = delete;
    participant& operator=(const participant&) = delete;

    // handler: outcome<C::reply>(const C&), or outcome<C::reply>(const C&, Tx&) with Tx the inbox's
    // transaction type. It may return the reply or a rejection directly. A throw means: try again
    // (B4). Throws error(invalid_argument) if the type is handled already or Tx does not fit the
    // inbox.
    template <command C, class F>
    participant& handle(F handler);
    participant& handle(command_handler handler);

    // Throws error(invalid_argument) if nothing is handled, error(wrong_state) the second time.
    void start();
    // Lets the batch under way finish and its replies be accepted (for up to 5 s), then leaves its groups
    // and lets go of the handlers, the inbox and the transport. Idempotent. Not to be called from a
    // handler.
    void stop();

    std::vector<metric> metrics() const;

    class impl;

  private:
    std::shared_ptr<impl> impl_;
};

namespace detail {

// The type of a handler's second parameter; void if it has none.
template <class F>
struct transaction_of : transaction_of<decltype(&F::operator())> {};
template <class T, class R, class C>
struct transaction_of<R (T::*)(C)> {
    using type = void;
};
template <class T, class R, class C>
struct transaction_of<R (T::*)(C) const> {
    using type = void;
};
template <class T, class R, class C, class Tx>
struct transaction_of<R (T::*)(C, Tx)> {
    using type = std::remove_cvref_t<Tx>;
};
template <class T, class R, class C, class Tx>
struct transaction_of<R (T::*)(C, Tx) const> {
    using type = std::remove_cvref_t<Tx>;
};
template <class R, class C>
struct transaction_of<R (*)(C)> {
    using type = void;
};
template <class R, class C, class Tx>
struct transaction_of<R (*)(C, Tx)> {
    using type = std::remove_cvref_t<Tx>;
};

std::string rejection_body(const rejection& why);
[[noreturn]] void throw_wrong_transaction(const std::string& type);

template <command C>
C read_body(const std::string& body) {
    try {
        return codec<C>::decode(body);
    } catch (const std::exception& e) {
        throw unreadable_body(e.what());
    }
}

template <class Reply>
inbox_answer to_answer(const outcome<Reply>& given) {
    inbox_answer a;
    if (const auto* why = given.rejected()) {
        a.outcome = reply_outcome::rejected;
        a.body = rejection_body(*why);
    } else {
        codec<Reply>::encode(*given.reply(), a.body);
    }
    return a;
}

} // namespace detail

template <command C, class F>
participant& participant::handle(F handler) {
    using reply = typename C::reply;
    using tx_type = typename detail::transaction_of<F>::type;
    static_assert(decodable<C>,
                  "sagaflow: no codec for this command; include <sagaflow/json.hpp> and describe the type "
                  "with BOOST_DESCRIBE_STRUCT, or specialize sagaflow::codec");
    static_assert(encodable<reply>,
                  "sagaflow: no codec for this command's reply; include <sagaflow/json.hpp> and "
                  "describe the type with BOOST_DESCRIBE_STRUCT, or specialize sagaflow::codec");
    command_handler h;
    h.type = C::type;
    if constexpr (std::is_void_v<tx_type>) {
        h.check = [](inbox*) {};
        h.run = [f = std::move(handler)](inbox_transaction*, const message& in) mutable {
            return detail::to_answer<reply>(outcome<reply>(f(detail::read_body<C>(in.body))));
        };
    } else {
        static_assert(std::is_base_of_v<inbox_transaction, tx_type>,
                      "sagaflow: a handler's second parameter is a reference to the inbox's "
                      "transaction type");
        h.check = [type = h.type](inbox* in) {
            bool fits = false;
            if (in)
                in->transaction(
                    [&](inbox_transaction& tx) { fits = dynamic_cast<tx_type*>(&tx) != nullptr; });
            if (!fits) detail::throw_wrong_transaction(type);
        };
        h.run = [f = std::move(handler)](inbox_transaction* tx, const message& in) mutable {
            return detail::to_answer<reply>(
                outcome<reply>(f(detail::read_body<C>(in.body), static_cast<tx_type&>(*tx))));
        };
    }
    return handle(std::move(h));
}

} // namespace sagaflow
