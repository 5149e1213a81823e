// Which messages of which published batch are still to be reported, each exactly once.
#pragma once

#include <sagaflow/transport.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sagaflow::transports {

class reports;

// One message of a published batch that is not yet reported: whoever has it must give it to reports::add().
class ticket {
  public:
    // One for each message of a batch of `count`, in order.
    static std::vector<ticket> of_batch(std::size_t count, publish_handler done);

    ticket() = default; // of no message: reports pass over it
    ticket(ticket&&) noexcept = default;
    ticket& operator=(ticket&&) noexcept = default;

  private:
    friend class reports;
    struct batch;
    ticket(std::shared_ptr<batch> b, std::uint32_t index) : batch_(std::move(b)), index_(index) {}

    std::shared_ptr<batch> batch_;
    std::uint32_t index_ = 0;
};

// What is to be told, gathered so that a batch's handler is called once for many messages. One thread; those
// of several threads may speak of one batch at the same time.
class reports {
  public:
    reports() = default;
    reports(const reports&) = delete;
    reports& operator=(const reports&) = delete;
    ~reports() { tell(); }

    void add(ticket&& t, published::verdict result, std::string reason = {});
    // Calls the handlers. Not with a lock held that they may want: they may publish.
    void tell();
    bool empty() const { return gathered_.empty(); }

  private:
    struct gathered {
        std::shared_ptr<ticket::batch> batch;
        std::vector<published> messages;
    };
    std::vector<gathered> gathered_;
};

} // namespace sagaflow::transports
