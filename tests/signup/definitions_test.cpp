// The three sagas as transcripts: what is sent when, and what clients see.
#include "saga/definitions.hpp"

#include "saga/status.hpp"

#include <sagaflow/testing.hpp>

#include <regex>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace signup {
namespace {

const account ada{"ada", "r1", "Ada", "a@b"};

constexpr const char* subject_json = R"({"user_id":"ada","request_id":"r1"})";
constexpr const char* profile_json = R"({"user_id":"ada","request_id":"r1","user_name":"Ada","email":"a@b"})";

// Short for the document: "<user>/<chat>/<customer>", and the reason if there is one.
std::string status(std::string_view user, std::string_view chat, std::string_view customer,
                   std::string_view reason) {
    std::string json = R"(status {"userId":"ada","userStatus":")";
    ((json += user) += R"(","chatStatus":")") += chat;
    ((json += R"(","customerStatus":")") += customer) += R"(","reason":)";
    return json += reason.empty() ? "null}" : "\"" + std::string(reason) + "\"}";
}

// A transcript with `status A/B/C reason`, SUBJECT and PROFILE written out.
std::string written_out(const std::string& transcript) {
    static const std::regex shorthand(R"(status (\w+)/(\w+)/(\w+) ?([\w-]*)|SUBJECT|PROFILE)");
    std::string text;
    auto from = transcript.cbegin();
    for (std::sregex_iterator it(from, transcript.cend(), shorthand), end; it != end; ++it) {
        const auto& found = *it;
        text.append(from, found[0].first);
        if (found.str() == "SUBJECT" || found.str() == "PROFILE")
            text += found.str() == "SUBJECT" ? subject_json : profile_json;
        else
            text += status(found.str(1), found.str(2), found.str(3), found.str(4));
        from = found[0].second;
    }
    return text.append(from, transcript.cend());
}

std::string check(const sagaflow::saga<account>& definition, const std::string& transcript) {
    return sagaflow::testing::check(definition, ada, written_out(transcript));
}

// How both sign-ups begin: the user service first, then both others at once.
const std::string sign_up_begins = R"(
    start              -> started user=sent; status USER_INSERT/PENDING/PENDING; send user SUBJECT
    reply user         -> progressed user=done chat=sent customer=sent; send chat PROFILE; send customer PROFILE
)";

TEST(compensating_sign_up, completes_when_both_services_have_added_the_user) {
    EXPECT_EQ(check(compensating_sign_up(), sign_up_begins + R"(
        reply customer     -> progressed customer=done; status USER_INSERT/PENDING/SUCCESS
        reply chat         -> progressed chat=done activate=sent; status USER_INSERT/SUCCESS/SUCCESS;
                              send activate SUBJECT
        reply activate     -> completed activate=done; status USER_INSERT_COMPLETE/SUCCESS/SUCCESS
    )"),
              "");
}

TEST(compensating_sign_up, undoes_the_others_when_one_service_rejects) {
    EXPECT_EQ(check(compensating_sign_up(), sign_up_begins + R"(
        reply customer     -> progressed customer=done; status USER_INSERT/PENDING/SUCCESS
        reject chat duplicate-user -> compensating chat=rejected customer=compensating;
                              status USER_INSERT/FAIL/PENDING duplicate-user; send customer/compensation SUBJECT
        reply customer/compensation -> progressed customer=compensated user=compensating;
                              status USER_INSERT/FAIL/ROLLED_BACK duplicate-user; send user/compensation SUBJECT
        reply user/compensation -> compensated user=compensated;
                              status USER_INSERT_FAIL/FAIL/ROLLED_BACK duplicate-user
    )"),
              "");
}

TEST(synchronising_sign_up, completes_with_what_a_service_rejected) {
    EXPECT_EQ(check(synchronising_sign_up(), sign_up_begins + R"(
        reject chat duplicate-user -> progressed chat=rejected; status USER_INSERT/FAIL/PENDING duplicate-user
        reply customer     -> completed customer=done; status USER_INSERT_COMPLETE/FAIL/SUCCESS duplicate-user
    )"),
              "");
}

TEST(removal, puts_the_user_back_when_one_service_rejects) {
    EXPECT_EQ(check(removal(), R"(
        start              -> started user=sent; status USER_DELETE/PENDING/PENDING; send user SUBJECT
        reply user         -> progressed user=done chat=sent customer=sent; send chat SUBJECT; send customer SUBJECT
        reply chat         -> progressed chat=done; status USER_DELETE/SUCCESS/PENDING
        reject customer not-now -> compensating customer=rejected chat=compensating;
                              status USER_DELETE/PENDING/FAIL not-now; send chat/compensation PROFILE
        reply chat/compensation -> progressed chat=compensated user=compensating;
                              status USER_DELETE/ROLLED_BACK/FAIL not-now; send user/compensation SUBJECT
        reply user/compensation -> compensated user=compensated;
                              status USER_DELETE_FAIL/ROLLED_BACK/FAIL not-now
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
