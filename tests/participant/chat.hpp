// The service of these tests, and an inbox that fails when told to.
#pragma once

#include <sagaflow/log.hpp>
#include <sagaflow/memory.hpp>
#include <sagaflow/participant.hpp>

#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chats {
struct opened {
    std::string room;
};
struct open {
    static constexpr std::string_view type = "chats.open";
    using reply = opened;
    std::string user;
};
struct close {
    static constexpr std::string_view type = "chats.close";
    using reply = sagaflow::nothing;
    std::string user;
};
} // namespace chats

namespace sagaflow {

// The body is the one field; "?" can't be read.
template <>
struct codec<chats::opened> {
    static void encode(const chats::opened& v, std::string& out) { out += v.room; }
};
template <>
struct codec<chats::open> {
    static chats::open decode(std::string_view json) {
        if (json == "?") throw error(errc::invalid_argument, "/user: missing");
        return {std::string(json)};
    }
};
template <>
struct codec<chats::close> {
    static chats::close decode(std::string_view json) { return {std::string(json)}; }
};

namespace testing {

inline message command(const std::string& saga, const std::string& body) {
    message m;
    m.address = "chats";
    m.id = saga + "~1/open-chat/action";
    m.source = "engine";
    m.type = "chats.open";
    m.issued = std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
    m.saga_id = saga;
    m.saga_type = "user-signup";
    m.step = "open-chat";
    m.reply_to = "user.replies";
    m.trace_parent = "00-trace";
    m.body = body;
    return m;
}

inline message compensation(const std::string& saga) {
    auto m = command(saga, "");
    m.id = saga + "~1/open-chat/compensation";
    m.type = "chats.close";
    m.kind = message_kind::compensation;
    return m;
}

struct inbox_failure : std::runtime_error {
    using runtime_error::runtime_error;
};

// Counts transactions; fails as many commits as it is told.
class flaky_inbox : public inbox {
  public:
    void transaction(const std::function<void(inbox_transaction&)>& work) override {
        ++transactions;
        real_->transaction([&](inbox_transaction& tx) {
            work(tx);
            if (fail_commits > 0) {
                --fail_commits;
                throw inbox_failure("disk full");
            }
        });
    }
    std::size_t purge(time_point before, std::size_t limit) override {
        ++purges;
        purged_before = before;
        const auto removed = real_->purge(before, limit);
        return still_full ? limit : removed;
    }

    int transactions = 0;
    int fail_commits = 0;
    int purges = 0;
    bool still_full = false; // there is more to purge, it says
    time_point purged_before{};

  private:
    std::shared_ptr<inbox> real_ = memory::make_inbox();
};

// Levels and messages of what is logged, without chatter.
struct told_lines : log_sink {
    bool enabled(log_level level) const noexcept override { return level >= log_level::info; }
    void write(log_level level, std::string_view message, std::span<const log_field>) noexcept override {
        lines.push_back(std::string(to_string(level)) + " " + std::string(message));
    }
    std::vector<std::string> lines;
};

} // namespace testing
} // namespace sagaflow
