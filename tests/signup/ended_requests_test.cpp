// Of a request whose saga was purged the service still tells how it ended.
#include "http/client.hpp"
#include "user_service.hpp"
#include "web/user_routes.hpp"

#include <sagaflow/http.hpp>

#include <gmock/gmock.h>

namespace signup {
namespace {

using http_test::client;
using http_test::get;
using http_test::unchunked;
using ::testing::EndsWith;

constexpr const char* end_document = R"({"userId":"ada","userStatus":"USER_INSERT_COMPLETE"})";
constexpr std::uint64_t end_event = 7;

struct ended_request : ::testing::Test {
    ended_request() {
        add_user_routes(server, {s.requests, s.users, s.engine, s.running, s.workers}, {});
        server.start();
        end("ada", end_document);
    }
    ~ended_request() override { server.stop(); }

    void end(const std::string& user_id, const std::string& status) {
        auto r = s.put(user_id, "of " + user_id);
        r.status = status;
        r.last_event = end_event;
        s.users.change([&](sqlite3* db) { return record_end(db, r, 1), true; });
    }
    http_test::reply ask(const std::string& path, const std::string& headers = {}) {
        client c(server.port());
        c.send(get(path, headers));
        return c.read_reply();
    }
    std::string events_after(const std::string& id) {
        client c(server.port());
        c.send(get("/user/ada/events", "Last-Event-ID: " + id + "\r\n"));
        EXPECT_EQ(c.read_reply(false).status, 200);
        return unchunked(c.read_all());
    }

    user_service s;
    sagaflow::http::server server;
};

TEST_F(ended_request, tells_its_last_document) {
    const auto r = ask("/user/ada/status");
    EXPECT_EQ(r.status, 200);
    EXPECT_EQ(r.body, end_document);
}

TEST_F(ended_request, streams_its_last_event_and_ends) {
    const auto last = "id: 7\ndata: " + std::string(end_document) + "\n\n";
    EXPECT_THAT(events_after("0"), EndsWith(last));
    EXPECT_THAT(events_after("6"), EndsWith(last));
    EXPECT_THAT(events_after("8"), EndsWith(last)) << "beyond the newest";
    EXPECT_THAT(events_after("x"), EndsWith(last));
}

TEST_F(ended_request, has_nothing_more_for_a_client_that_had_its_last_event) {
    EXPECT_EQ(ask("/user/ada/events", "Last-Event-ID: 7\r\n").status, 204);
}

TEST_F(ended_request, without_a_document_is_as_unknown_as_one_that_never_was) {
    end("bob", "");
    for (const std::string path :
         {"/user/bob/status", "/user/bob/events", "/user/eve/status", "/user/eve/events"})
        EXPECT_EQ(ask(path).status, 404) << path;
}

} // namespace
} // namespace signup
