#include "wire/plain.hpp"

#include "saga/contract.hpp"

#include <optional>
#include <string_view>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace signup {

namespace {

namespace json = boost::json;
using sagaflow::message;
using sagaflow::message_kind;
using sagaflow::reply_outcome;
using sagaflow::wire::carried;

constexpr std::string_view insert_status = "USER_INSERT";
constexpr std::string_view delete_status = "USER_DELETE";
constexpr std::string_view success_status = "USER_SUCCES"; // spelt so
constexpr std::string_view failure_status = "USER_FAIL";
constexpr std::size_t longest_text = 128; // of an id or a name

// What a command asks for in this format; empty: it can't be said.
std::string_view status_of(std::string_view type) {
    for (const auto insert :
         {chat::add::type, chat::put_back::type, customer::add::type, customer::put_back::type})
        if (type == insert) return insert_status;
    for (const auto remove :
         {chat::take_back::type, chat::remove::type, customer::take_back::type, customer::remove::type})
        if (type == remove) return delete_status;
    return {};
}

// A member that is a text of a sensible length; empty if there is none.
std::string text_in(const json::object& from, std::string_view name) {
    const auto* member = from.if_contains(name);
    const auto* text = member ? member->if_string() : nullptr;
    return text && text->size() <= longest_text ? std::string(*text) : std::string();
}

std::string user_id_in(const std::string& command) {
    boost::system::error_code wrong;
    const auto body = json::parse(command, wrong);
    const auto* object = wrong ? nullptr : body.if_object();
    return object ? text_in(*object, "user_id") : std::string();
}

message unreadable(carried&& c, std::string why) {
    message m;
    m.body = std::move(c.body);
    m.reason = std::move(why);
    return m;
}

class plain final : public sagaflow::wire::envelope {
  public:
    explicit plain(plain_options o) : o_(std::move(o)) {}

    carried write(const message& m) const override {
        carried c;
        c.content_type = "application/json";
        const auto status = status_of(m.type);
        if (m.kind == message_kind::reply) {
            c.body = json::serialize(answer_of(m));
        } else if (!status.empty()) {
            c.body = json::serialize(
                json::object{{"eventId", m.saga_id}, {"userStatus", status}, {"userId", user_id_in(m.body)}});
        } else {
            c.body = m.body; // a dead letter, as it came
        }
        return c;
    }

    message read(carried&& c) const override {
        if (c.body.size() > o_.body_bytes)
            return unreadable(std::move(c), "its body of " + std::to_string(c.body.size()) +
                                                " bytes is over the limit of " +
                                                std::to_string(o_.body_bytes));
        boost::system::error_code wrong;
        const auto body = json::parse(c.body, wrong);
        if (wrong) return unreadable(std::move(c), "its body is no JSON: " + wrong.message());
        const auto* object = body.if_object();
        if (!object) return unreadable(std::move(c), "its body is no JSON object");
        if (text_in(*object, "eventId").empty())
            return unreadable(std::move(c), "it has no eventId of 1 to 128 bytes");
        auto m = object->contains("userResponseStatus") ? read_answer(*object) : read_request(*object);
        return m.type.empty() ? unreadable(std::move(c), std::move(m.reason)) : m;
    }

  private:
    // The command's id, which read_request() made, ends with the user's.
    json::object answer_of(const message& m) const {
        const auto slash = m.causation_id.rfind('/');
        return {
            {"eventId", m.saga_id},
            {"userId", m.causation_id.substr(slash == std::string::npos ? 0 : slash + 1)},
            {"serviceName", o_.service_name},
            {"userResponseStatus", m.outcome == reply_outcome::success ? success_status : failure_status}};
    }

    message read_answer(const json::object& body) const {
        message m;
        m.kind = message_kind::reply;
        m.saga_id = text_in(body, "eventId");
        m.source = text_in(body, "serviceName");
        const auto step = o_.step_of_service.find(m.source);
        const auto status = text_in(body, "userResponseStatus");
        if (step == o_.step_of_service.end()) {
            m.reason = "its serviceName is of no service that was asked";
        } else if (status != success_status && status != failure_status) {
            m.reason = "its userResponseStatus is neither USER_SUCCES nor USER_FAIL";
        } else {
            m.type = m.source;
            m.step = step->second;
            m.outcome = status == success_status ? reply_outcome::success : reply_outcome::rejected;
            m.body = status == success_status ? "{}" : R"({"reason":"USER_FAIL"})";
        }
        return m;
    }

    message read_request(const json::object& body) const {
        message m;
        const auto user_id = text_in(body, "userId");
        const auto status = text_in(body, "userStatus");
        if (user_id.empty() || user_id.find('/') != std::string::npos) {
            m.reason = "it has no userId of 1 to 128 bytes without '/'";
        } else if (status != insert_status && status != delete_status) {
            m.reason = "it has neither a userResponseStatus nor a userStatus of USER_INSERT or USER_DELETE";
        } else {
            m.type = status == insert_status ? o_.insert_type : o_.delete_type;
            m.reason = m.type.empty() ? "it is a request, and nobody here takes requests" : "";
            m.saga_id = text_in(body, "eventId");
            m.id = m.saga_id + '/' + status + '/' + user_id;
            m.source = "plain";
            m.reply_to = o_.reply_to;
            m.body = json::serialize(json::object{
                {"user_id", user_id}, {"request_id", m.saga_id}, {"user_name", ""}, {"email", ""}});
        }
        return m;
    }

    plain_options o_;
};

} // namespace

std::shared_ptr<const sagaflow::wire::envelope> make_plain_envelope(plain_options o) {
    return std::make_shared<plain>(std::move(o));
}

} // namespace signup
