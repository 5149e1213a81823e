// The end of librdkafka's clients.
#include "kafka/client.hpp"
#include "kafka/options.hpp"
#include "support/thread_sanitizer.hpp"

#include <sagaflow/testing/transport_script.hpp>

#include <chrono>
#include <memory>

#include <gtest/gtest.h>

namespace sagaflow::kafka {
namespace {

using std::chrono::steady_clock;

rd_kafka_resp_err_t hold_up(rd_kafka_t*, void* until) {
    static_cast<testing::gate*>(until)->wait();
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t hold_up_the_end(rd_kafka_t* made, const rd_kafka_conf_t*, void* until, char*,
                                    std::size_t) {
    return rd_kafka_interceptor_add_on_destroy(made, "test", hold_up, until);
}

TEST(kafka_reaper, waits_for_a_client_that_does_not_end_no_longer_than_it_is_to) {
    SKIP_LIBRDKAFKA_UNDER_THREAD_SANITIZER();
    testing::gate may_end;
    transports::wakeup wake;
    reaper ending;
    conf_handle conf(rd_kafka_conf_new());
    rd_kafka_conf_interceptor_add_on_new(conf.get(), "test", hold_up_the_end, &may_end);
    auto last = ending.owner_of(std::make_unique<client>(role::prompt_producer, std::move(conf), wake,
                                                         nullptr, std::make_shared<trouble>([] {})));
    EXPECT_TRUE(ending.wait(steady_clock::now()));
    last.reset();
    EXPECT_FALSE(ending.wait(steady_clock::now() + std::chrono::milliseconds(10)));
    may_end.open();
    EXPECT_TRUE(ending.wait(steady_clock::now() + testing::patience));
}

} // namespace
} // namespace sagaflow::kafka
