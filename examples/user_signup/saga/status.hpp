// The status of a sign-up or a removal, as every client sees it: the document behind each event.
#pragma once

#include <sagaflow/json.hpp>
#include <sagaflow/saga.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace signup {

// Its members are named as in the document.
struct status_document {
    std::string userId;
    std::string userStatus;
    std::string chatStatus;
    std::string customerStatus;
    std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(status_document, (), (userId, userStatus, chatStatus, customerStatus, reason))

inline constexpr std::string_view in_chat = "chat"; // the steps of the two services, in every saga
inline constexpr std::string_view in_customer = "customer";
inline constexpr std::string_view in_user = "user"; // the user service's first step

// USER_INSERT, USER_INSERT_COMPLETE, USER_INSERT_FAIL for the verb "USER_INSERT".
std::string user_status(std::string_view verb, sagaflow::saga_state state);

// PENDING, SUCCESS, FAIL or ROLLED_BACK.
std::string service_status(sagaflow::step_state state);

// Whether what the saga says of itself is for clients: why it is undone, not why it waits for an operator.
bool tells_reason(sagaflow::saga_state state);

template <class S>
status_document status_of(const sagaflow::view<S>& saga, std::string_view verb) {
    status_document d{saga.state().user_id, user_status(verb, saga.saga()),
                      service_status(saga.step(in_chat)), service_status(saga.step(in_customer)),
                      std::nullopt};
    for (const auto step : std::array{in_chat, in_customer, in_user}) {
        if (!d.reason && !saga.rejection_of(step).empty()) d.reason = saga.rejection_of(step);
    }
    if (!d.reason && tells_reason(saga.saga())) d.reason = saga.reason();
    return d;
}

} // namespace signup
