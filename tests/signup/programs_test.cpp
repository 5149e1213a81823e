// user, chat and customer as programs of their own, with a bus between them that the tests hold.
#include "programs/copy_program.hpp"
#include "programs/user_program.hpp"
#include "web/demo_client.hpp"

#include <sagaflow/memory.hpp>
#include <sagaflow/transport.hpp>

#include <memory>
#include <string>

#include <client.hpp>
#include <gtest/gtest.h>
#include <support/temp_folder.hpp>

namespace signup {
namespace {

using http_test::client;

std::string at(const program& p) {
    return "127.0.0.1:" + std::to_string(p.port());
}

struct split : ::testing::Test {
    split() {
        options.data = folder.path().string();
        options.http.port = options.chat.http.port = options.customer.http.port = 0;
        options.password = {.memory_kib = 64, .passes = 1};
        chat = std::make_unique<copy_program>(options, role::chat, bus, nullptr);
        customer = std::make_unique<copy_program>(options, role::customer, bus, nullptr);
        for (program* p : {chat.get(), customer.get()}) begin(*p);
        chat_client = std::make_unique<demo_client>("chat", std::vector{at(*chat)});
        customer_client = std::make_unique<demo_client>("customer", std::vector{at(*customer)});
        user = std::make_unique<user_program>(options, bus, *chat_client, *customer_client, nullptr);
        begin(*user);
    }
    ~split() override {
        user->stop();
        chat->stop();
        customer->stop();
        bus->close();
    }

    static void begin(program& p) {
        p.listen();
        p.start();
    }
    static http_test::reply ask(const program& p, const std::string& request) {
        client c(p.port());
        c.send(request);
        return c.read_reply();
    }
    http_test::reply try_out(const std::string& what, const std::string& body) {
        return ask(*user, http_test::post("/demo/" + what, body, "Content-Type: application/json\r\n"));
    }
    // The whole stream of events, to its end.
    std::string sign_up(const std::string& user_id) {
        client c(user->port());
        begin(c, user_id);
        return c.read_all();
    }
    static void begin(client& c, const std::string& user_id) {
        c.send(http_test::post(
            "/user",
            R"({"userId":")" + user_id + R"(","userPw":"analytical engine","email":"a@b","userName":"Ada"})",
            "Content-Type: application/json\r\nAccept: text/event-stream\r\n"
            "Connection: close\r\n"));
    }

    sagaflow::testing::temp_folder folder;
    program_options options;
    std::shared_ptr<sagaflow::transport> bus = sagaflow::memory::make_transport();
    std::unique_ptr<copy_program> chat, customer;
    std::unique_ptr<demo_client> chat_client, customer_client;
    std::unique_ptr<user_program> user;
};

TEST_F(split, signs_a_user_up_in_three_programs) {
    EXPECT_NE(sign_up("ada").find(R"("userStatus":"USER_INSERT_COMPLETE")"), std::string::npos);
}

TEST_F(split, passes_a_user_on_that_is_to_be_in_the_way) {
    ASSERT_EQ(try_out("users", R"({"service":"chat","userId":"ada"})").status, 204);
    const auto seen = sign_up("ada");
    EXPECT_NE(seen.find(R"("chatStatus":"FAIL","customerStatus":"ROLLED_BACK")"), std::string::npos) << seen;
}

TEST_F(split, passes_a_fault_on_and_its_end) {
    ASSERT_EQ(try_out("faults", R"({"service":"chat","deaf":true})").status, 204);
    client c(user->port());
    begin(c, "ada");
    const auto before = c.read_until(R"("customerStatus":"SUCCESS")");
    EXPECT_EQ(before.find(R"("chatStatus":"SUCCESS")"), std::string::npos);
    ASSERT_EQ(try_out("faults", R"({"service":"chat"})").status, 204);
    EXPECT_NE(c.read_all().find("USER_INSERT_COMPLETE"), std::string::npos);
}

TEST_F(split, says_which_program_does_not_answer_what_is_tried_out) {
    const auto where = at(*customer);
    customer->stop();
    const auto answer = try_out("users", R"({"service":"customer","userId":"ada"})");
    EXPECT_EQ(answer.status, 503);
    EXPECT_NE(answer.body.find(where + " does not answer"), std::string::npos) << answer.body;
}

TEST_F(split, a_program_refuses_what_is_meant_for_another) {
    const auto answer = ask(*chat, http_test::post("/demo/users", R"({"service":"customer","userId":"ada"})",
                                                   "Content-Type: application/json\r\n"));
    EXPECT_EQ(answer.status, 404);
}

TEST_F(split, every_program_says_that_it_is_ready) {
    for (const program* p : {static_cast<program*>(user.get()), static_cast<program*>(chat.get())}) {
        EXPECT_EQ(ask(*p, http_test::get("/livez")).status, 200);
        EXPECT_EQ(ask(*p, http_test::get("/readyz")).status, 200);
    }
}

TEST_F(split, F2_a_second_user_service_on_the_same_answers_is_refused_and_told_who_has_them) {
    sagaflow::testing::temp_folder other;
    options.data = other.path().string();
    user_program second(options, bus, *chat_client, *customer_client, nullptr);
    try {
        begin(second);
        FAIL() << "it started";
    } catch (const sagaflow::error& e) {
        EXPECT_EQ(e.code(), sagaflow::errc::in_use);
        EXPECT_NE(std::string(e.what()).find("the engine 'user'"), std::string::npos) << e.what();
    }
}

TEST_F(split, two_instances_of_chat_share_their_users) {
    copy_program more(options, role::chat, bus, nullptr);
    begin(more);
    for (const auto* id : {"ada", "bob", "cora", "dan"})
        EXPECT_NE(sign_up(id).find("USER_INSERT_COMPLETE"), std::string::npos);
    chat->stop();
    ASSERT_EQ(ask(more, http_test::post("/demo/users", R"({"service":"chat","userId":"eve"})",
                                        "Content-Type: application/json\r\n"))
                  .status,
              204);
    EXPECT_NE(sign_up("eve").find("USER_INSERT_FAIL"), std::string::npos);
    EXPECT_NE(sign_up("fay").find("USER_INSERT_COMPLETE"), std::string::npos);
    more.stop();
}

} // namespace
} // namespace signup
