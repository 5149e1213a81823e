// Participants on the in-process transport, with its threads.
#include "chat.hpp"

#include <sagaflow/testing/transport_script.hpp>

#include <gtest/gtest.h>

namespace sagaflow::testing {
namespace {

struct takeover : ::testing::Test {
    takeover() { replies.subscribe(*bus, {.address = "user.replies", .group = "user"}); }
    ~takeover() override { bus->close(); }

    std::unique_ptr<participant> make() {
        auto p = std::make_unique<participant>(
            participant_options{.name = "chat", .transport = bus, .inbox = rows});
        p->handle<chats::open>([this](const chats::open& c) {
            ++handled;
            if (c.user == "throws twice" && ++throws <= 2) throw std::runtime_error("deadlock");
            if (c.user == "blocks") {
                entered.open();
                release.wait();
            }
            return chats::opened{c.user};
        });
        p->start();
        return p;
    }
    static std::vector<message> commands(int count) {
        std::vector<message> batch;
        for (int n = 0; n < count; ++n)
            batch.push_back(command("saga-" + std::to_string(n), std::to_string(n)));
        return batch;
    }

    std::shared_ptr<transport> bus = memory::make_transport();
    std::shared_ptr<inbox> rows = memory::make_inbox();
    publisher out{bus};
    receiver replies;
    std::atomic<int> handled{0};
    std::atomic<int> throws{0};
    gate entered;
    gate release;
};

TEST_F(takeover, answers_every_command_of_many) {
    const auto p = make();
    out.publish_all(commands(5'000));
    replies.wait_for(5'000);
    EXPECT_EQ(handled, 5'000);
}

TEST_F(takeover, B4_a_command_whose_handler_threw_comes_again) {
    const auto p = make();
    out.publish_all({command("ada", "throws twice")});
    EXPECT_EQ(replies.wait_for(1)[0].content.body, "throws twice");
    EXPECT_EQ(handled, 3);
}

TEST_F(takeover, the_next_participant_of_the_name_goes_on_where_the_last_one_stopped) {
    auto first = make();
    out.publish_all(commands(100));
    replies.wait_for(100);
    first.reset();
    out.publish_all(commands(200)); // the first hundred are known
    const auto second = make();
    replies.wait_for(300);
    EXPECT_EQ(handled, 200);
}

TEST_F(takeover, stop_lets_the_batch_under_way_finish_and_be_answered) {
    auto p = make();
    out.publish_all({command("ada", "blocks")});
    entered.wait();
    std::thread stopping([&] { p->stop(); });
    release.open();
    stopping.join();
    EXPECT_EQ(replies.wait_for(1).size(), 1U);
    out.publish_all({command("bob", "bob")});
    EXPECT_EQ(handled, 1);
    const auto next = make();
    replies.wait_for(2);
}

TEST_F(takeover, two_participants_of_one_name_share_the_commands_and_handle_each_once) {
    const auto first = make();
    const auto second = make();
    for (int again = 0; again < 2; ++again) out.publish_all(commands(1'000));
    replies.wait_for(2'000);
    EXPECT_EQ(handled, 1'000);
}

} // namespace
} // namespace sagaflow::testing
