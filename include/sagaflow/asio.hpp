// asio: the engine's callback forms with Boost.Asio's completion tokens. Component sagaflow::asio.
//
//   const signup input{.user_id = "ada"};
//   auto s = co_await sagaflow::async_start(signups, "signup-ada", input, asio::use_awaitable);
//   sagaflow::async_events events(engine, "signup-ada");
//   while (auto e = co_await events.async_next(asio::use_awaitable)) …
//
// (A named input: g++ 12 destroys an aggregate that is made inside a co_await expression twice.)
//
// Threads: a completion handler runs on its associated executor (the coroutine's), never inside the call that
// began the operation, and keeps that executor busy until then.
#pragma once

#include <sagaflow/engine.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

namespace sagaflow {

namespace detail {

// A completion handler, which may be called once and only moved, as a function that can be copied. It posts
// the handler with what it was called with.
template <class T, class Handler>
class posted {
  public:
    explicit posted(Handler handler) : waiting_(std::make_shared<waiting>(std::move(handler))) {}

    void operator()(T value) const {
        auto work = std::move(waiting_->work);
        boost::asio::post(work.get_executor(),
                          [handler = std::move(waiting_->handler), value = std::move(value)]() mutable {
                              std::move(handler)(std::move(value));
                          });
    }

  private:
    struct waiting {
        explicit waiting(Handler&& h)
            : handler(std::move(h)),
              work(boost::asio::make_work_guard(boost::asio::get_associated_executor(handler))) {}
        Handler handler;
        boost::asio::executor_work_guard<boost::asio::associated_executor_t<Handler>> work;
    };
    std::shared_ptr<waiting> waiting_;
};

} // namespace detail

// hosted<S>::async_start. Signature: void(result<started>).
template <class S, class Token>
auto async_start(const hosted<S>& at, std::string id, const S& input, Token&& token,
                 const start_options& options) {
    const auto initiate = [](auto handler, hosted<S> to, std::string saga, const S& from,
                             start_options with) {
        using handler_type = decltype(handler);
        to.async_start(std::move(saga), from,
                       detail::posted<result<started>, handler_type>(std::move(handler)), std::move(with));
    };
    return boost::asio::async_initiate<Token, void(result<started>)>(initiate, token, at, std::move(id),
                                                                     input, options);
}
template <class S, class Token>
auto async_start(const hosted<S>& at, std::string id, const S& input, Token&& token) {
    return async_start(at, std::move(id), input, std::forward<Token>(token), start_options());
}

// engine::watch, one event at a time. At most `backlog` events wait to be asked for: when there are more it
// ends with overloaded, and another one goes on after the last event. May outlive its engine. Any thread, one
// operation at a time.
class async_events {
  public:
    async_events(engine& from, const std::string& id, const watch_options& options = {},
                 std::size_t backlog = 1024)
        : shared_(std::make_shared<shared>(backlog)) {
        handle_ = from.watch(
            id, options, [to = shared_](std::span<const event_ptr> events) { to->take(events); },
            [to = shared_](const std::optional<failure>& why) { to->end(why); });
    }
    // An operation that waits completes with null.
    ~async_events() {
        handle_ = {};
        shared_->end(failure{errc::stopped, "the watching was ended"});
    }
    async_events(const async_events&) = delete;
    async_events& operator=(const async_events&) = delete;

    // The next event; null at the end. Signature: void(event_ptr).
    template <class Token>
    auto async_next(Token&& token) {
        const auto initiate = [](auto handler, const std::shared_ptr<shared>& from) {
            from->next(detail::posted<event_ptr, decltype(handler)>(std::move(handler)));
        };
        return boost::asio::async_initiate<Token, void(event_ptr)>(initiate, token, shared_);
    }

    // After the end: why there is no more; none after the terminal event.
    std::optional<failure> ended_by() const {
        const std::lock_guard lock(shared_->mutex);
        return shared_->why;
    }

  private:
    struct shared {
        explicit shared(std::size_t backlog_) : backlog(backlog_) {}

        void take(std::span<const event_ptr> events) {
            const std::lock_guard lock(mutex);
            for (const auto& e : events) {
                if (ended) return;
                if (waiting) {
                    std::exchange(waiting, nullptr)(e);
                } else if (ready.size() < backlog) {
                    ready.push_back(e);
                } else {
                    ended = true;
                    why = failure{errc::overloaded, "the events of the saga were taken too slowly"};
                }
            }
        }

        void end(const std::optional<failure>& reason) {
            const std::lock_guard lock(mutex);
            if (!ended) why = reason;
            ended = true;
            if (waiting) std::exchange(waiting, nullptr)(nullptr);
        }

        void next(std::function<void(event_ptr)> handler) {
            const std::lock_guard lock(mutex);
            if (!ready.empty()) {
                auto e = std::move(ready.front());
                ready.pop_front();
                handler(std::move(e));
            } else if (ended) {
                handler(nullptr);
            } else {
                waiting = std::move(handler);
            }
        }

        const std::size_t backlog;
        std::mutex mutex;
        std::deque<event_ptr> ready;
        std::function<void(event_ptr)> waiting;
        bool ended = false;
        std::optional<failure> why;
    };

    std::shared_ptr<shared> shared_;
    watch_handle handle_;
};

} // namespace sagaflow
