// The three sagas as transcripts: what is sent when, and what clients see.
#include "saga/definitions.hpp"

#include "saga/status.hpp"

#include <sagaflow/testing.hpp>

#include <gtest/gtest.h>

namespace signup {
namespace {

using sagaflow::testing::check;

const account ada{"ada", "r1", "Ada", "a@b"};

TEST(compensating_sign_up, completes_when_both_services_have_added_the_user) {
    EXPECT_EQ(check(compensating_sign_up(), ada, R"(
        start              -> started user=sent;
                              status {"userId":"ada","userStatus":"USER_INSERT","chatStatus":"PENDING","customerStatus":"PENDING","reason":null};
                              send user {"user_id":"ada","request_id":"r1"}
        reply user         -> progressed user=done chat=sent customer=sent;
                              send chat {"user_id":"ada","request_id":"r1","user_name":"Ada","email":"a@b"};
                              send customer {"user_id":"ada","request_id":"r1","user_name":"Ada","email":"a@b"}
        reply customer     -> progressed customer=done;
                              status {"userId":"ada","userStatus":"USER_INSERT","chatStatus":"PENDING","customerStatus":"SUCCESS","reason":null}
        reply chat         -> progressed chat=done activate=sent;
                              status {"userId":"ada","userStatus":"USER_INSERT","chatStatus":"SUCCESS","customerStatus":"SUCCESS","reason":null};
                              send activate {"user_id":"ada","request_id":"r1"}
        reply activate     -> completed activate=done;
                              status {"userId":"ada","userStatus":"USER_INSERT_COMPLETE","chatStatus":"SUCCESS","customerStatus":"SUCCESS","reason":null}
    )"),
              "");
}

TEST(compensating_sign_up, undoes_the_others_when_one_service_rejects) {
    EXPECT_EQ(check(compensating_sign_up(), ada, R"(
        start              -> started user=sent;
                              status {"userId":"ada","userStatus":"USER_INSERT","chatStatus":"PENDING","customerStatus":"PENDING","reason":null};
                              send user {"user_id":"ada","request_id":"r1"}
        reply user         -> progressed user=done chat=sent customer=sent;
                              send chat {"user_id":"ada","request_id":"r1","user_name":"Ada","email":"a@b"};
                              send customer {"user_id":"ada","request_id":"r1","user_name":"Ada","email":"a@b"}
        reply customer     -> progressed customer=done;
                              status {"userId":"ada","userStatus":"USER_INSERT","chatStatus":"PENDING","customerStatus":"SUCCESS","reason":null}
        reject chat duplicate-user -> compensating chat=rejected customer=compensating;
                              status {"userId":"ada","userStatus":"USER_INSERT","chatStatus":"FAIL","customerStatus":"PENDING","reason":"duplicate-user"};
                              send customer/compensation {"user_id":"ada","request_id":"r1"}
        reply customer/compensation -> progressed customer=compensated user=compensating;
                              status {"userId":"ada","userStatus":"USER_INSERT","chatStatus":"FAIL","customerStatus":"ROLLED_BACK","reason":"duplicate-user"};
                              send user/compensation {"user_id":"ada","request_id":"r1"}
        reply user/compensation -> compensated user=compensated;
                              status {"userId":"ada","userStatus":"USER_INSERT_FAIL","chatStatus":"FAIL","customerStatus":"ROLLED_BACK","reason":"duplicate-user"}
    )"),
              "");
}

TEST(synchronising_sign_up, completes_with_what_a_service_rejected) {
    EXPECT_EQ(check(synchronising_sign_up(), ada, R"(
        start              -> started user=sent;
                              status {"userId":"ada","userStatus":"USER_INSERT","chatStatus":"PENDING","customerStatus":"PENDING","reason":null};
                              send user {"user_id":"ada","request_id":"r1"}
        reply user         -> progressed user=done chat=sent customer=sent;
                              send chat {"user_id":"ada","request_id":"r1","user_name":"Ada","email":"a@b"};
                              send customer {"user_id":"ada","request_id":"r1","user_name":"Ada","email":"a@b"}
        reject chat duplicate-user -> progressed chat=rejected;
                              status {"userId":"ada","userStatus":"USER_INSERT","chatStatus":"FAIL","customerStatus":"PENDING","reason":"duplicate-user"}
        reply customer     -> completed customer=done;
                              status {"userId":"ada","userStatus":"USER_INSERT_COMPLETE","chatStatus":"FAIL","customerStatus":"SUCCESS","reason":"duplicate-user"}
    )"),
              "");
}

TEST(removal, puts_the_user_back_when_one_service_rejects) {
    EXPECT_EQ(check(removal(), ada, R"(
        start              -> started user=sent;
                              status {"userId":"ada","userStatus":"USER_DELETE","chatStatus":"PENDING","customerStatus":"PENDING","reason":null};
                              send user {"user_id":"ada","request_id":"r1"}
        reply user         -> progressed user=done chat=sent customer=sent;
                              send chat {"user_id":"ada","request_id":"r1"};
                              send customer {"user_id":"ada","request_id":"r1"}
        reply chat         -> progressed chat=done;
                              status {"userId":"ada","userStatus":"USER_DELETE","chatStatus":"SUCCESS","customerStatus":"PENDING","reason":null}
        reject customer not-now -> compensating customer=rejected chat=compensating;
                              status {"userId":"ada","userStatus":"USER_DELETE","chatStatus":"PENDING","customerStatus":"FAIL","reason":"not-now"};
                              send chat/compensation {"user_id":"ada","request_id":"r1","user_name":"Ada","email":"a@b"}
        reply chat/compensation -> progressed chat=compensated user=compensating;
                              status {"userId":"ada","userStatus":"USER_DELETE","chatStatus":"ROLLED_BACK","customerStatus":"FAIL","reason":"not-now"};
                              send user/compensation {"user_id":"ada","request_id":"r1"}
        reply user/compensation -> compensated user=compensated;
                              status {"userId":"ada","userStatus":"USER_DELETE_FAIL","chatStatus":"ROLLED_BACK","customerStatus":"FAIL","reason":"not-now"}
    )"),
              "");
}

TEST(status, says_of_each_state_of_a_step_what_clients_are_told) {
    using enum sagaflow::step_state;
    for (const auto state : {waiting, sent, in_doubt, compensating})
        EXPECT_EQ(service_status(state), "PENDING");
    for (const auto state : {rejected, skipped, compensation_failed})
        EXPECT_EQ(service_status(state), "FAIL");
    EXPECT_EQ(service_status(done), "SUCCESS");
    EXPECT_EQ(service_status(compensated), "ROLLED_BACK");
}

TEST(status, is_terminal_only_when_the_saga_is) {
    using enum sagaflow::saga_state;
    for (const auto state : {running, compensating, suspended})
        EXPECT_EQ(user_status("USER_INSERT", state), "USER_INSERT");
    EXPECT_EQ(user_status("USER_DELETE", completed), "USER_DELETE_COMPLETE");
    for (const auto state : {compensated, abandoned})
        EXPECT_EQ(user_status("USER_INSERT", state), "USER_INSERT_FAIL");
}

} // namespace
} // namespace signup
