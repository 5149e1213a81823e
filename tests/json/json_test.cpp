#include <sagaflow/json.hpp>
#include <sagaflow/step.hpp>

#include <bit>
#include <cmath>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chats {

struct opened {
    std::string room_id;
};
struct open {
    static constexpr std::string_view type = "chats.open";
    using reply = opened;
    std::string user_id;
};
BOOST_DESCRIBE_STRUCT(opened, (), (room_id))
BOOST_DESCRIBE_STRUCT(open, (), (user_id))

} // namespace chats

namespace shop {

enum class colour { red, dark_blue };
BOOST_DESCRIBE_ENUM(colour, red, dark_blue)

struct address {
    std::string street;
    std::uint16_t number = 0;
    bool operator==(const address&) const = default;
};
BOOST_DESCRIBE_STRUCT(address, (), (street, number))

struct person {
    std::string name;
};
BOOST_DESCRIBE_STRUCT(person, (), (name))

struct everything : person {
    bool paid = false;
    std::int8_t small = 0;
    std::int64_t big = 0;
    std::uint64_t huge = 0;
    double price = 0;
    colour paint = colour::red;
    address home;
    std::optional<address> other;
    std::vector<address> stops;
    std::vector<bool> flags;
    std::map<std::string, std::vector<int>> counts;
    sagaflow::duration wait{};
    sagaflow::time_point at{};
};
BOOST_DESCRIBE_STRUCT(everything, (person),
                      (paid, small, big, huge, price, paint, home, other, stops, flags, counts, wait, at))

struct signup {
    std::string user_id, email;
    std::string room_id = "none yet";
    std::optional<int> age = 7;
};
BOOST_DESCRIBE_STRUCT(signup, (), (user_id, email, room_id, age))

struct bare {};
BOOST_DESCRIBE_STRUCT(bare, (), ())

} // namespace shop

template <>
inline constexpr auto sagaflow::optional_members<shop::signup> = sagaflow::members("room_id");

namespace sagaflow {
namespace {

using ::testing::HasSubstr;

template <class T>
std::string encode(const T& value) {
    std::string out;
    codec<T>::encode(value, out);
    return out;
}

template <class T>
std::string why_not(std::string_view json) {
    try {
        codec<T>::decode(json);
    } catch (const error& e) {
        EXPECT_EQ(e.code(), errc::invalid_argument);
        return e.what();
    }
    return "it was read";
}

shop::everything sample() {
    shop::everything e;
    e.name = "Ada";
    e.paid = true;
    e.small = -128;
    e.big = std::numeric_limits<std::int64_t>::min();
    e.huge = std::numeric_limits<std::uint64_t>::max();
    e.price = 0.1;
    e.paint = shop::colour::dark_blue;
    e.home = {"Rue \"Jacob\"", 65535};
    e.stops = {{"a", 1}, {"b", 2}};
    e.flags = {true, false};
    e.counts = {{"", {}}, {"x/y~z", {1, -2}}};
    e.wait = std::chrono::seconds(3);
    e.at = time_point(std::chrono::milliseconds(1'700'000'000'123));
    return e;
}

static_assert(encodable<chats::open> && decodable<chats::open> && command<chats::open>);

TEST(json, writes_and_reads_every_type_it_names) {
    const auto text = encode(sample());
    EXPECT_EQ(
        text,
        R"({"name":"Ada","paid":true,"small":-128,"big":-9223372036854775808,"huge":18446744073709551615,)"
        R"("price":0.1,"paint":"dark_blue","home":{"street":"Rue \"Jacob\"","number":65535},"other":null,)"
        R"("stops":[{"street":"a","number":1},{"street":"b","number":2}],"flags":[true,false],)"
        R"("counts":{"":[],"x/y~z":[1,-2]},"wait":3000,"at":1700000000123})");
    EXPECT_EQ(encode(codec<shop::everything>::decode(text)), text);
}

TEST(json, appends_to_what_is_there) {
    std::string out = "before";
    codec<chats::open>::encode({"ada"}, out);
    EXPECT_EQ(out, R"(before{"user_id":"ada"})");
}

TEST(json, a_type_without_members_is_an_empty_object) {
    EXPECT_EQ(encode(shop::bare{}), "{}");
    codec<shop::bare>::decode(R"({"anything":1})");
}

TEST(json, escapes_what_must_be_escaped_and_nothing_else) {
    std::string all;
    for (int c = 1; c < 128; ++c) all.push_back(static_cast<char>(c));
    all += std::string("\0", 1) + "caf\u00e9 \u20ac \U0001F600";
    for (std::size_t from = 0; from < 20; ++from) { // wherever it begins in a block of eight
        const std::string text = std::string(from, 'x') + all;
        EXPECT_EQ(codec<chats::open>::decode(encode(chats::open{text})).user_id, text);
    }
    EXPECT_EQ(encode(chats::open{"a\"b\\c\nd\x01\x7f\u00e9/"}),
              "{\"user_id\":\"a\\\"b\\\\c\\nd\\u0001\x7f\u00e9/\"}");
}

TEST(json, refuses_to_write_text_that_is_not_utf8) {
    for (const std::string bad : {"\x80", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff",
                                  "\xe2\x82", "\xf0\x9f\x98", "12345678\xc3"}) {
        try {
            encode(chats::open{bad});
            ADD_FAILURE() << ::testing::PrintToString(bad);
        } catch (const error& e) {
            EXPECT_STREQ(e.what(), "/user_id: text that is not UTF-8");
        }
    }
}

TEST(json, refuses_to_write_a_number_that_is_not_finite) {
    auto e = sample();
    e.price = std::numeric_limits<double>::infinity();
    EXPECT_THROW(encode(e), error);
}

TEST(json, ignores_members_that_the_type_does_not_know) {
    const auto c =
        codec<chats::open>::decode(R"({"extra":{"deep":[1,2]},"user_id":"ada","type":"chats.open"})");
    EXPECT_EQ(c.user_id, "ada");
}

TEST(json, a_missing_member_is_named_by_its_path) {
    EXPECT_EQ(why_not<chats::open>("{}"), "/user_id: missing");
    auto text = encode(sample());
    text.replace(text.find(R"(,"number":2)"), 11, "");
    EXPECT_EQ(why_not<shop::everything>(text), "/stops/1/number: missing");
}

TEST(json, optional_members_keep_their_default_when_missing) {
    const auto s = codec<shop::signup>::decode(R"({"user_id":"ada","email":"ada@example.org"})");
    EXPECT_EQ(s.room_id, "none yet");
    EXPECT_EQ(s.age, 7);
    EXPECT_EQ(why_not<shop::signup>(R"({"user_id":"ada"})"), "/email: missing");
}

TEST(json, an_empty_optional_survives_its_default) {
    auto s = codec<shop::signup>::decode(R"({"user_id":"ada","email":"e"})");
    s.age.reset();
    EXPECT_EQ(codec<shop::signup>::decode(encode(s)).age, std::nullopt);
}

TEST(json, a_value_of_another_kind_is_named_by_its_path) {
    const auto with = [](const std::string& from, const std::string& to) {
        auto text = encode(sample());
        text.replace(text.find(from), from.size(), to);
        return why_not<shop::everything>(text);
    };
    EXPECT_EQ(with("true", "1"), "/paid: expected true or false, found a number");
    EXPECT_EQ(with("-128", "\"x\""), "/small: expected an integer, found a string");
    EXPECT_EQ(with("-128", "1.5"), "/small: expected an integer, found a number");
    EXPECT_EQ(with("-128", "-129"), "/small: a number out of range (-128 to 127)");
    EXPECT_EQ(with("-9223372036854775808", "18446744073709551615"),
              "/big: a number out of range (-9223372036854775808 to 9223372036854775807)");
    EXPECT_EQ(with("65535", "65536"), "/home/number: a number out of range (0 to 65535)");
    EXPECT_EQ(with("65535", "-1"), "/home/number: a number out of range (0 to 65535)");
    EXPECT_EQ(with("0.1", "1e999"), "/price: a number out of range");
    EXPECT_EQ(with("0.1", "null"), "/price: expected a number, found null");
    EXPECT_EQ(with("\"dark_blue\"", "\"blue\""), "/paint: unknown value \"blue\"");
    EXPECT_EQ(with("\"Ada\"", "{}"), "/name: expected a string, found an object");
    EXPECT_EQ(with("[1,-2]", "[1,true]"), "/counts/x~1y~0z/1: expected an integer, found a truth value");
    EXPECT_EQ(with("[true,false]", "{}"), "/flags: expected an array, found an object");
    EXPECT_EQ(with("null", "{\"street\":1}"), "/other/street: expected a string, found a number");
}

TEST(json, reads_a_whole_number_where_a_fraction_may_stand) {
    auto text = encode(sample());
    text.replace(text.find("0.1"), 3, "2");
    EXPECT_EQ(codec<shop::everything>::decode(text).price, 2.0);
}

struct measure {
    double value = 0;
};
BOOST_DESCRIBE_STRUCT(measure, (), (value))

TEST(json, reads_each_fraction_as_the_nearest_double) {
    const auto again = [](double value) {
        std::string text;
        codec<measure>::encode({value}, text);
        return codec<measure>::decode(text).value;
    };
    std::mt19937_64 random{7};
    for (int i = 0; i < 100'000; ++i) {
        const auto value = std::bit_cast<double>(random());
        if (!std::isfinite(value)) continue;
        ASSERT_EQ(again(value), value) << std::hexfloat << value;
    }
    EXPECT_TRUE(std::signbit(again(-0.0)));
    EXPECT_EQ(codec<measure>::decode(R"({"value":333333333333333333333333333333333333333333331e-3})").value,
              333333333333333333333333333333333333333333331e-3);
    EXPECT_EQ(codec<measure>::decode(R"({"value":1e-999})").value, 0);
    EXPECT_THROW(codec<measure>::decode(R"({"value":1e999})"), error);
}

TEST(json, refuses_what_is_not_an_object) {
    for (const auto* text : {"", "{", "[]", "null", "nonsense", R"({"user_id":"a"} x)",
                             "{\"user_id\":\"\xff\"}", R"({"user_id":"\ud800"})"})
        EXPECT_THROW(codec<chats::open>::decode(text), error) << text;
    EXPECT_THAT(why_not<chats::open>("[]"), HasSubstr("expected an object"));
}

TEST(json, refuses_text_deeper_than_32_levels) {
    const auto nested = [](std::size_t levels) {
        return R"({"user_id":"a","x":)" + std::string(levels, '[') + std::string(levels, ']') + "}";
    };
    EXPECT_EQ(codec<chats::open>::decode(nested(31)).user_id, "a");
    EXPECT_THROW(codec<chats::open>::decode(nested(32)), error);
}

TEST(json, reads_a_document_of_any_size) {
    const std::string big(1'000'000, 'x');
    EXPECT_EQ(codec<chats::open>::decode(encode(chats::open{big})).user_id, big);
}

} // namespace
} // namespace sagaflow
