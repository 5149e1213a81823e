// A message's CloudEvents attributes, whatever carries them.
#pragma once

#include <sagaflow/message.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace sagaflow::wire {

// Calls each(name, value) for every attribute that the message has, in a fixed order.
void write_attributes(const message& m, const std::function<void(std::string_view, std::string_view)>& each);

// Makes a message of what came. Names that nobody here knows are ignored.
class attribute_reader {
  public:
    void take(std::string_view name, std::string_view value); // of two of one name the last counts
    // What stood outside the attributes; only where no attribute says it.
    void correlated_with(std::string_view id);
    void answer_to(std::string_view address);

    void unreadable(std::string why); // the first reason stands
    message finish(std::string body) &&;

  private:
    template <class N>
    void number(std::string_view name, std::string_view value, N& into, N most);

    message m_;
    std::string correlation_, reply_to_, spec_version_, unreadable_;
    bool kind_known_ = false;
};

} // namespace sagaflow::wire
