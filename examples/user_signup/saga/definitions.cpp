#include "saga/definitions.hpp"

#include "saga/contract.hpp"
#include "saga/status.hpp"

#include <sagaflow/stages.hpp>

#include <chrono>

namespace signup {

namespace {

using namespace std::chrono_literals;

// A slow, deaf or stopped service never fails a request: it is asked until it answers.
constexpr sagaflow::duration patience = 5s;
constexpr sagaflow::retry_policy for_ever = {
    .attempts = sagaflow::unlimited, .first_delay = 1s, .max_delay = 30s};

template <class Command>
Command about(const account& a) {
    return Command{{a.user_id, a.request_id}};
}

template <class Command>
Command with_profile(const account& a) {
    return Command{{a.user_id, a.request_id, a.user_name, a.email}};
}

template <class Command>
sagaflow::retriable<account, Command> own_retriable(const char* name) {
    return {.name = name, .send = about<Command>, .timeout = patience, .retry = for_ever};
}

template <class Command, class Undo>
sagaflow::step<account, Command> own_step(Undo undo) {
    return {.name = std::string(in_user),
            .send = about<Command>,
            .compensate = undo,
            .timeout = patience,
            .retry = for_ever,
            .compensation_timeout = patience,
            .compensation_retry = for_ever};
}

template <class Command, class Undo>
sagaflow::step<account, Command> service_step(std::string_view name, Command (*send)(const account&),
                                              Undo undo) {
    return {.name = std::string(name),
            .send = send,
            .compensate = undo,
            .timeout = patience,
            .retry = for_ever,
            .compensation_timeout = patience,
            .compensation_retry = for_ever};
}

// Brings a service in line; its rejection is kept as the step's state and changes nothing else.
template <class Command>
sagaflow::retriable<account, Command> in_line(std::string_view name) {
    return {.name = std::string(name),
            .send = with_profile<Command>,
            .on_rejected = [](account&, const sagaflow::rejection&) {},
            .timeout = patience,
            .retry = for_ever};
}

status_document insert_status(const sagaflow::view<account>& v) {
    return status_of(v, "USER_INSERT");
}

status_document delete_status(const sagaflow::view<account>& v) {
    return status_of(v, "USER_DELETE");
}

} // namespace

sagaflow::saga<account> compensating_sign_up() {
    return {
        .name = compensating_sign_up_type,
        .version = 1,
        .stages = sagaflow::stages(
            own_step<user::reserve>(about<user::release>),
            sagaflow::parallel(
                service_step(in_chat, with_profile<chat::add>, about<chat::take_back>),
                service_step(in_customer, with_profile<customer::add>, about<customer::take_back>)),
            own_retriable<user::activate>("activate")),
        .status = insert_status,
    };
}

sagaflow::saga<account> synchronising_sign_up() {
    const sagaflow::pivot<account, user::create> create_user = {
        .name = std::string(in_user), .send = about<user::create>, .timeout = patience, .retry = for_ever};
    return {
        .name = synchronising_sign_up_type,
        .version = 1,
        .stages = sagaflow::stages(create_user, sagaflow::parallel(in_line<chat::add>(in_chat),
                                                                   in_line<customer::add>(in_customer))),
        .status = insert_status,
    };
}

sagaflow::saga<account> removal() {
    return {
        .name = removal_type,
        .version = 1,
        .stages = sagaflow::stages(
            own_step<user::deactivate>(about<user::reactivate>),
            sagaflow::parallel(
                service_step(in_chat, about<chat::remove>, with_profile<chat::put_back>),
                service_step(in_customer, about<customer::remove>, with_profile<customer::put_back>)),
            own_retriable<user::erase>("erase")),
        .status = delete_status,
    };
}

} // namespace signup
