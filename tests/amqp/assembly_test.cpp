#include "amqp/assembly.hpp"

#include <gtest/gtest.h>

namespace sagaflow::amqp {
namespace {

// Frames as the client library makes them of what comes.
struct frames {
    amqp_frame_t deliver(std::uint64_t tag) {
        deliver_ = {};
        deliver_.delivery_tag = tag;
        deliver_.redelivered = 1;
        deliver_.exchange = bytes("chats");
        deliver_.routing_key = bytes("chats.open");
        return method(AMQP_BASIC_DELIVER_METHOD, &deliver_);
    }
    amqp_frame_t returned() {
        return_ = {};
        return_.reply_text = bytes("NO_ROUTE");
        return_.exchange = bytes("chats");
        return_.routing_key = bytes("chats.open");
        return method(AMQP_BASIC_RETURN_METHOD, &return_);
    }
    amqp_frame_t header(std::uint64_t size) {
        properties_ = {};
        properties_._flags = AMQP_BASIC_MESSAGE_ID_FLAG;
        properties_.message_id = bytes("m-1");
        amqp_frame_t f{};
        f.frame_type = AMQP_FRAME_HEADER;
        f.payload.properties.class_id = AMQP_BASIC_CLASS;
        f.payload.properties.body_size = size;
        f.payload.properties.decoded = &properties_;
        return f;
    }
    static amqp_frame_t body(std::string_view piece) {
        amqp_frame_t f{};
        f.frame_type = AMQP_FRAME_BODY;
        f.payload.body_fragment = bytes(piece);
        return f;
    }
    static amqp_frame_t method(amqp_method_number_t id, void* decoded) {
        amqp_frame_t f{};
        f.frame_type = AMQP_FRAME_METHOD;
        f.payload.method.id = id;
        f.payload.method.decoded = decoded;
        return f;
    }

  private:
    amqp_basic_deliver_t deliver_{};
    amqp_basic_return_t return_{};
    amqp_basic_properties_t properties_{};
};

TEST(amqp_assembly, puts_a_message_together_of_method_header_and_bodies) {
    frames f;
    assembly a(100);
    EXPECT_FALSE(a.take(f.deliver(7)));
    EXPECT_FALSE(a.take(f.header(6)));
    EXPECT_FALSE(a.take(frames::body("{\"a")));
    const auto m = a.take(frames::body("\":1"));
    ASSERT_TRUE(m);
    EXPECT_EQ(m->how, static_cast<amqp_method_number_t>(AMQP_BASIC_DELIVER_METHOD));
    EXPECT_EQ(m->delivery_tag, 7U);
    EXPECT_TRUE(m->redelivered);
    EXPECT_EQ(m->exchange, "chats");
    EXPECT_EQ(m->routing_key, "chats.open");
    EXPECT_EQ(m->message.message_id, "m-1");
    EXPECT_EQ(m->message.body, "{\"a\":1");
    EXPECT_FALSE(m->too_large);
}

TEST(amqp_assembly, a_message_without_a_body_is_whole_with_its_header) {
    frames f;
    assembly a(100);
    a.take(f.deliver(1));
    EXPECT_TRUE(a.take(f.header(0)));
    a.take(f.returned());
    const auto m = a.take(f.header(0));
    ASSERT_TRUE(m);
    EXPECT_EQ(m->why, "NO_ROUTE");
    EXPECT_EQ(m->delivery_tag, 0U) << "nothing of the message before it";
}

TEST(amqp_assembly, keeps_nothing_of_a_body_over_the_bound) {
    frames f;
    assembly a(5);
    a.take(f.deliver(1));
    a.take(f.header(6));
    a.take(frames::body("123"));
    const auto m = a.take(frames::body("456"));
    ASSERT_TRUE(m);
    EXPECT_TRUE(m->too_large);
    EXPECT_EQ(m->message.body, "");
}

TEST(amqp_assembly, frames_that_make_no_sense_are_an_error) {
    frames f;
    EXPECT_THROW(assembly(9).take(f.header(1)), bad_frame);
    EXPECT_THROW(assembly(9).take(frames::body("x")), bad_frame);
    assembly twice(9);
    twice.take(f.deliver(1));
    EXPECT_THROW(twice.take(f.deliver(2)), bad_frame);
    assembly longer(9);
    longer.take(f.deliver(1));
    longer.take(f.header(2));
    EXPECT_THROW(longer.take(frames::body("123")), bad_frame);
    assembly bodiless(9);
    bodiless.take(f.deliver(1));
    EXPECT_THROW(bodiless.take(frames::body("x")), bad_frame);
    assembly other_class(9); // what it has is no basic_properties
    other_class.take(f.deliver(1));
    auto header = f.header(1);
    header.payload.properties.class_id = AMQP_QUEUE_CLASS;
    EXPECT_THROW(other_class.take(header), bad_frame);
    amqp_basic_ack_t ack{};
    EXPECT_THROW(assembly(9).take(frames::method(AMQP_BASIC_ACK_METHOD, &ack)), bad_frame);
}

} // namespace
} // namespace sagaflow::amqp
