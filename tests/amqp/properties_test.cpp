#include "amqp/properties.hpp"

#include <sagaflow/testing/transport_script.hpp>

#include <gtest/gtest.h>

namespace sagaflow::amqp {
namespace {

outgoing example() {
    const auto m = testing::make_message("chats", "ada", 1);
    return make_outgoing(m, wire::make_cloudevents()->write(m));
}

TEST(amqp_properties, what_is_written_is_read_as_it_was) {
    const auto o = example();
    std::vector<amqp_table_entry_t> headers;
    const auto p = properties_of(o, headers);
    const auto c = read(p);
    EXPECT_EQ(c.message_id, o.what.message_id);
    EXPECT_EQ(c.correlation_id, o.what.correlation_id);
    EXPECT_EQ(c.reply_to, o.what.reply_to);
    EXPECT_EQ(c.content_type, o.what.content_type);
    EXPECT_EQ(c.headers, o.what.headers);
    EXPECT_EQ(text(p.type), "chats.open");
    EXPECT_EQ(text(p.app_id), "urn:sagaflow:conformance");
    EXPECT_EQ(p.timestamp, 1'700'000'000U) << "in seconds";
    EXPECT_EQ(p.delivery_mode, AMQP_DELIVERY_PERSISTENT);
}

TEST(amqp_properties, headers_of_other_kinds_are_read_as_text_and_tables_are_left_out) {
    std::vector<amqp_table_entry_t> entries(5);
    const auto set = [&](std::size_t i, const char* name, std::uint8_t kind) -> auto& {
        entries[i].key = bytes(name);
        entries[i].value.kind = kind;
        return entries[i].value.value;
    };
    set(0, "ce-sagaattempt", AMQP_FIELD_KIND_I32).i32 = 7;
    set(1, "flag", AMQP_FIELD_KIND_BOOLEAN).boolean = 1;
    set(2, "when", AMQP_FIELD_KIND_TIMESTAMP).u64 = 1'700'000'000;
    set(3, "x-death", AMQP_FIELD_KIND_TABLE).table = {0, nullptr};
    set(4, "raw", AMQP_FIELD_KIND_BYTES).bytes = bytes("abc");
    amqp_basic_properties_t p{};
    p._flags = AMQP_BASIC_HEADERS_FLAG;
    p.headers = {static_cast<int>(entries.size()), entries.data()};
    const wire::header_list expected = {
        {"ce-sagaattempt", "7"}, {"flag", "true"}, {"when", "1700000000"}, {"raw", "abc"}};
    EXPECT_EQ(read(p).headers, expected);
}

TEST(amqp_properties, properties_that_are_not_set_are_not_read) {
    amqp_basic_properties_t p{};
    p.message_id = bytes("left over");
    EXPECT_EQ(read(p).message_id, "");
}

TEST(amqp_properties, what_amqp_can_not_carry_is_named) {
    const auto why = [](const auto& change) {
        auto o = example();
        change(o);
        return unfit(o, 1000).value_or("fits");
    };
    EXPECT_EQ(why([](outgoing&) {}), "fits");
    EXPECT_EQ(why([](outgoing& o) { o.what.body = std::string(1001, 'x'); }),
              "its body of 1001 bytes is over the limit of 1000");
    EXPECT_EQ(why([](outgoing& o) { o.type = std::string(256, 'x'); }),
              "its type of 256 bytes is over the limit of 255");
    EXPECT_EQ(why([](outgoing& o) { o.what.correlation_id = std::string(300, 'x'); }),
              "its correlation id of 300 bytes is over the limit of 255");
    EXPECT_NE(why([](outgoing& o) { o.what.headers.add("ce-x", std::string(100'000, 'x')); }).find("headers"),
              std::string::npos);
}

} // namespace
} // namespace sagaflow::amqp
