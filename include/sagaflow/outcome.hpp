// What a participant answers to a command.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace sagaflow {

// "No, and for good": the command took no effect and never will. The saga decides what follows
// (R4).
struct rejection {
    std::string reason; // a short stable word, such as "duplicate-user"; it is stored and shown
};

// return sagaflow::reject("duplicate-user");
inline rejection reject(std::string reason) {
    return {std::move(reason)};
}

// A reply, or a rejection.
template <class Reply>
class outcome {
  public:
    using reply_type = Reply;
    outcome(Reply reply) : content_(std::move(reply)) {}
    outcome(rejection why) : content_(std::move(why)) {}

    const Reply* reply() const noexcept { return std::get_if<Reply>(&content_); }
    const rejection* rejected() const noexcept { return std::get_if<rejection>(&content_); }

  private:
    std::variant<Reply, rejection> content_;
};

} // namespace sagaflow
