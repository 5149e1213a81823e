#include "web/fields.hpp"

#include <algorithm>

#include <boost/json/value.hpp>

namespace signup {

namespace {

constexpr std::int64_t longest_delay_ms = 600'000;

// Takes members out of a body and notes what is wrong with them.
class reader {
  public:
    explicit reader(const boost::json::object& body) : body_(body) {}

    template <class Fits>
    std::string text(std::string_view name, const char* expected, Fits fits) {
        const auto* value = body_.if_contains(name);
        const auto* text = value ? value->if_string() : nullptr;
        if (text && fits(std::string_view(*text))) return std::string(*text);
        refuse(name, std::string(value ? "" : "missing: ") + "expected " + expected);
        return {};
    }

    std::int64_t whole_number(std::string_view name, const char* expected, std::int64_t max) {
        const auto* value = body_.if_contains(name);
        if (!value) return 0;
        boost::system::error_code inexact;
        const auto number = value->is_number() ? value->to_number<std::int64_t>(inexact) : -1;
        if (!inexact && number >= 0 && number <= max) return number;
        refuse(name, std::string("expected ") + expected);
        return 0;
    }

    bool flag(std::string_view name) {
        const auto* value = body_.if_contains(name);
        if (!value) return false;
        if (value->is_bool()) return value->get_bool();
        refuse(name, "expected true or false");
        return false;
    }

    template <class T>
    std::variant<T, field_errors> finish(T fields) {
        if (!errors_.empty()) return std::move(errors_);
        return fields;
    }

  private:
    void refuse(std::string_view name, std::string why) {
        errors_.push_back({"/" + std::string(name), std::move(why)});
    }

    const boost::json::object& body_;
    field_errors errors_;
};

std::size_t characters(std::string_view utf8) {
    const auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
    return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), starts));
}

bool is_email(std::string_view text) {
    const auto at = text.find('@');
    return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
           text.find('@', at + 1) == std::string_view::npos;
}

std::string read_user_id(reader& from) {
    return from.text("userId", "1 to 64 letters, digits, '.', '_' or '-'", is_user_id);
}

service read_service(reader& from) {
    const auto name = from.text("service", "\"chat\" or \"customer\"",
                                [](std::string_view s) { return s == "chat" || s == "customer"; });
    return name == "customer" ? service::customer : service::chat;
}

} // namespace

bool is_user_id(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
    };
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), allowed);
}

std::variant<sign_up_fields, field_errors> read_sign_up(const boost::json::object& body) {
    reader from(body);
    sign_up_fields f;
    f.user_id = read_user_id(from);
    f.password = from.text("userPw", "8 to 128 bytes",
                           [](std::string_view s) { return s.size() >= 8 && s.size() <= 128; });
    f.email = from.text("email", "one '@' with something on both sides", is_email);
    f.user_name = from.text("userName", "1 to 100 characters",
                            [](std::string_view s) { return !s.empty() && characters(s) <= 100; });
    return from.finish(std::move(f));
}

std::variant<planted_user, field_errors> read_planted_user(const boost::json::object& body) {
    reader from(body);
    planted_user p;
    p.where = read_service(from);
    p.user_id = read_user_id(from);
    return from.finish(std::move(p));
}

std::variant<wanted_fault, field_errors> read_fault(const boost::json::object& body) {
    reader from(body);
    wanted_fault f;
    f.where = read_service(from);
    f.delay_ms =
        from.whole_number("delayMs", "a whole number of milliseconds, 0 to 600000", longest_delay_ms);
    f.deaf = from.flag("deaf");
    return from.finish(f);
}

} // namespace signup
