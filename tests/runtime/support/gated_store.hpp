// A store whose commits can be held back or made to fail, over another one.
#pragma once

#include <sagaflow/store.hpp>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace sagaflow::test {

class gated_store final : public store {
  public:
    explicit gated_store(std::shared_ptr<store> real) : real_(std::move(real)) {}

    // Commits begin, but none gets through that starts more sagas than that.
    void hold_commits_over(std::size_t starts);
    void close_gate();
    void open_gate();
    // Returns when a commit stands before the gate.
    void wait_for_commit();

    // The next calls fail like this, until it is set to none. Wakes wait_for_failures().
    void fail_commits(std::optional<store_error> with);
    void fail_reads(std::optional<store_error> with);
    // Returns when that many commits or reads have failed since the store was made.
    void wait_for_failures(std::size_t count);

    std::vector<batch> batches() const; // that were committed
    // Returns when that many definitions are stored.
    void wait_for_definitions(std::size_t count) const;

    ownership claim(std::uint32_t shard, const std::string& owner) override;
    void commit(const batch& b) override;
    std::vector<std::optional<saga_row>> load(std::span<const std::string> ids) override;
    saga_page list(const saga_filter& filter, std::uint64_t after) override;
    std::vector<event> events(std::uint64_t after, std::optional<std::uint64_t> birth,
                              std::size_t limit) override;

  private:
    void fail_if_told(std::optional<store_error>& with);

    std::shared_ptr<store> real_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    bool closed_ = false;
    std::size_t passes_ = 0; // so many starts pass a closed gate
    std::size_t waiting_ = 0;
    std::size_t failures_ = 0;
    std::optional<store_error> commit_failure_;
    std::optional<store_error> read_failure_;
    std::vector<batch> batches_;
    std::size_t definitions_ = 0;
};

} // namespace sagaflow::test
