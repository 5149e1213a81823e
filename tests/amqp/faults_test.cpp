// Where the transport can't do what it is asked to, and how it goes on. Each test that needs a broker to
// itself starts one.
#include "stranger.hpp"
#include "support/amqp_broker.hpp"
#include "support/arrivals.hpp"
#include "support/health_log.hpp"
#include "support/load.hpp"
#include "support/own_service.hpp"
#include "support/publish_one.hpp"
#include "support/toxiproxy.hpp"

#include <sagaflow/amqp.hpp>
#include <sagaflow/testing/transport_script.hpp>

#include <array>
#include <cstdio>

#include <gtest/gtest.h>

namespace sagaflow::testing {
namespace {

using namespace std::chrono_literals;
using condition = transport_health::condition;

struct connected {
    explicit connected(amqp::transport_options o) : bus(amqp::make_transport(std::move(o))) {
        bus->open({address}, health.handler());
    }
    ~connected() { bus->close(); }
    void subscribe(receiver& r) { r.subscribe(*bus, {.address = address, .group = "g"}); }
    std::vector<message> make_many(int from, int to) const {
        std::vector<message> all;
        for (int n = from; n < to; ++n)
            all.push_back(make_message(address, "saga-" + std::to_string(n % 5), n));
        return all;
    }

    health_log health;
    std::string address = unique_name("faults");
    std::shared_ptr<transport> bus;
};

TEST(amqp_faults, a_wrong_password_or_certificate_is_named_and_no_secret_is) {
    const auto certificates = service_address("certificates");
    const auto reason = [&](const amqp::transport_options& o) {
        connected c(o);
        return c.health.wait_for(condition::down, "RabbitMQ at");
    };
    auto o = amqp_options();
    o.user = "alice";
    o.password = "a-wrong-secret";
    const auto refused = reason(o);
    EXPECT_NE(refused.find("ACCESS_REFUSED"), std::string::npos) << refused;
    EXPECT_NE(refused.find("check user and password"), std::string::npos) << refused;
    EXPECT_EQ(refused.find("a-wrong-secret"), std::string::npos);
    o.password = "alice-secret";
    o.virtual_host = "nowhere";
    EXPECT_NE(reason(o).find("vhost nowhere not found"), std::string::npos);
    o.virtual_host = "/";
    o.tls = {.enabled = true, .ca_file = certificates + "/wrong-ca.pem"};
    o.hosts = {service_address("amqps")};
    EXPECT_NE(reason(o).find("certificate was not accepted"), std::string::npos) << reason(o);
    o.tls.ca_file = certificates + "/ca.pem";
    o.tls.certificate_file = certificates + "/stranger.pem";
    o.tls.key_file = certificates + "/stranger.key";
    EXPECT_NE(reason(o).find("check tls.certificate_file"), std::string::npos) << reason(o);
    o.tls.certificate_file = certificates + "/client.pem";
    o.tls.key_file = certificates + "/client.key";
    connected c(o);
    c.health.wait_for(condition::up);
    receiver r;
    c.subscribe(r);
    publisher(c.bus).publish_all(c.make_many(0, 10));
    wait_for_different(r, 10);
}

// Takes two connections with that certificate, and speaks TLS only.
class tls_listener {
  public:
    explicit tls_listener(const std::string& certificate)
        : out_(::popen(("openssl s_server -accept 127.0.0.1:0 -www -naccept 2 -cert '" + certificate +
                        ".pem' -key '" + certificate + ".key' 2>/dev/null </dev/null")
                           .c_str(),
                       "r")) {
        std::array<char, 256> line{};
        while (std::fgets(line.data(), line.size(), out_) != nullptr) {
            const std::string text = line.data();
            if (text.starts_with("ACCEPT ")) {
                address_ = text.substr(7, text.size() - 8);
                return;
            }
        }
    }
    ~tls_listener() { ::pclose(out_); }
    tls_listener(const tls_listener&) = delete;
    tls_listener& operator=(const tls_listener&) = delete;
    const std::string& address() const { return address_; }

  private:
    std::FILE* out_;
    std::string address_;
};

TEST(amqp_faults, a_certificate_of_another_host_or_time_is_named) {
    const auto certificates = service_address("certificates");
    for (const auto& [certificate, reason] :
         {std::pair<std::string, std::string>{"other-host", "IP address mismatch"},
          {"expired", "has expired"}}) {
        const tls_listener broker(certificates + "/" + certificate);
        amqp::transport_options o;
        o.hosts = {broker.address()};
        o.tls = {.enabled = true, .ca_file = certificates + "/ca.pem"};
        connected c(o);
        EXPECT_NE(c.health.wait_for(condition::down, "certificate was not accepted").find(reason),
                  std::string::npos);
    }
}

TEST(amqp_faults, a_broker_out_of_memory_is_blocked_and_what_is_published_waits_for_it) {
    own_service broker("rabbitmq");
    connected c({.hosts = {broker.address("amqp")}});
    receiver r;
    c.subscribe(r);
    publisher out(c.bus);
    out.publish_all(c.make_many(0, 10));
    broker.rabbitmqctl("-q set_vm_memory_high_watermark absolute 1MB");
    const auto batch = out.publish(c.make_many(10, 200));
    EXPECT_NE(c.health.wait_for(condition::blocked).find("low on memory"), std::string::npos);
    broker.rabbitmqctl("-q set_vm_memory_high_watermark absolute 2GB");
    c.health.wait_for(condition::up);
    for (const auto v : out.wait(batch)) EXPECT_EQ(v, published::verdict::accepted);
    wait_for_different(r, 200);
}

// It still sends heartbeats, and the thread that would hear that it is blocked is in the middle of a send.
TEST(amqp_faults, a_broker_out_of_memory_that_takes_nothing_of_a_large_batch_is_noticed) {
    own_service broker("rabbitmq");
    connected c({.hosts = {broker.address("amqp")}, .heartbeat = 1s});
    receiver r;
    c.subscribe(r);
    publisher out(c.bus);
    out.publish_all(c.make_many(0, 10));
    broker.rabbitmqctl("-q set_vm_memory_high_watermark absolute 1MB");
    auto many = c.make_many(10, 310);
    for (auto& m : many) m.body = '"' + std::string(100'000, 'x') + '"'; // more than the sockets take
    const auto batch = out.publish(std::move(many));
    c.health.wait_for(condition::down);
    broker.rabbitmqctl("-q set_vm_memory_high_watermark absolute 2GB");
    c.health.wait_for(condition::up);
    EXPECT_EQ(out.wait(batch).size(), 300U);
}

// Whose leader is gone, as after a kill of RabbitMQ 3.10: who asks for it gets an error of the connection.
TEST(amqp_faults, a_queue_without_a_leader_does_not_hold_up_the_others) {
    own_service broker("rabbitmq");
    const amqp::transport_options o = {
        .hosts = {broker.address("amqp")}, .request_timeout = 2s, .last_reconnect = 200ms};
    const auto lost = unique_name("leaderless");
    const auto leader = [&](const std::string& what) {
        broker.rabbitmqctl("-q eval '{ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<\"/\">>, queue, <<\"" +
                           lost + ".g\">>)), ra:" + what + "_server(quorum_queues, amqqueue:get_pid(Q)).'");
    };
    {
        connected before(o);
        receiver r;
        r.subscribe(*before.bus, {.address = lost, .group = "g"});
    }
    leader("stop");
    connected c(o);
    receiver fine, stuck;
    c.subscribe(fine);
    stuck.subscribe(*c.bus, {.address = lost, .group = "g"});
    c.health.wait_for(condition::down, lost + ".g");
    for (int n = 0; n < 50; n += 10) {
        publisher(c.bus).publish_all(c.make_many(n, n + 10));
        wait_for_different(fine, static_cast<std::size_t>(n) + 10);
    }
    leader("restart");
    c.health.wait_for(condition::up);
    publisher(c.bus).publish_all({make_message(lost, "ada", 1)});
    EXPECT_EQ(stuck.wait_for(1)[0].content.saga_id, "ada");
}

// RabbitMQ 3.10 would bring the queue back without a leader, and without what it has confirmed.
TEST(amqp_faults, a_queue_that_was_made_just_now_outlives_a_kill_of_the_broker) {
    own_service broker("rabbitmq");
    connected c({.hosts = {broker.address("amqp")}, .request_timeout = 2s, .last_reconnect = 200ms});
    receiver r;
    c.subscribe(r);
    publisher(c.bus).publish_all(c.make_many(0, 10));
    wait_for_different(r, 10);
    broker.kill9();
    c.health.wait_for(condition::down);
    broker.start();
    c.health.wait_for(condition::up);
    publisher(c.bus).publish_all(c.make_many(10, 20));
    wait_for_different(r, 20);
}

TEST(amqp_faults, loses_nothing_while_the_broker_is_away_under_load) {
    own_service broker("rabbitmq");
    connected c({.hosts = {broker.address("amqp")}, .heartbeat = 1s, .last_reconnect = 500ms});
    receiver r;
    c.subscribe(r);
    load messages(c.bus, c.address);
    r.wait_for(100);
    c.health.wait_for(condition::up);
    for (const bool killed : {false, true}) {
        killed ? broker.kill9() : broker.pause();
        const auto since = std::chrono::steady_clock::now();
        c.health.wait_for(condition::down);
        stay_away(since);
        killed ? broker.start() : broker.resume();
        c.health.wait_for(condition::up);
    }
    messages.expect_all_at(r);
}

class amqp_link : public ::testing::Test {
  protected:
    amqp::transport_options by_link() {
        amqp::transport_options o;
        o.hosts = {link.address()};
        o.heartbeat = 1s;
        o.request_timeout = 2s;
        o.close_timeout = 1s;
        o.last_reconnect = 200ms;
        return o;
    }
    own_service proxy{"toxiproxy"};
    faulty_link link{proxy, service_address("amqp")};
};

TEST_F(amqp_link, nothing_is_lost_by_cuts_in_the_middle_of_frames_and_black_holes) {
    connected c(by_link());
    receiver r;
    c.subscribe(r);
    publisher out(c.bus);
    out.publish_all(c.make_many(0, 50));
    c.health.wait_for(condition::up);
    for (const auto* way : {"upstream", "downstream"}) { // in the middle of a frame
        link.toxic("limit_data", way, R"({"bytes":10007})");
        const auto batch = out.publish(c.make_many(50, 100));
        c.health.wait_for(condition::down);
        link.heal("limit_data", way);
        out.wait(batch);
        out.publish_all(c.make_many(50, 100));
        c.health.wait_for(condition::up);
    }
    for (const auto* way : {"upstream", "downstream"}) { // nothing gets through any more
        link.toxic("timeout", way, R"({"timeout":0})");
        const auto batch = out.publish(c.make_many(100, 150));
        c.health.wait_for(condition::down);
        link.heal("timeout", way);
        link.cut();
        link.heal();
        out.wait(batch);
        out.publish_all(c.make_many(100, 150));
        c.health.wait_for(condition::up);
    }
    wait_for_different(r, 150);
    c.bus->close();
    EXPECT_EQ(out.report_counts(), std::vector<std::size_t>{1});
}

TEST_F(amqp_link, a_cut_while_a_message_comes_back_is_forgotten_with_its_connection) {
    connected c(by_link());
    publisher out(c.bus);
    auto large = make_message(c.address, "a", 1, "nobody.takes.it");
    large.body = "\"" + std::string(100'000, 'x') + "\"";
    c.health.wait_for(condition::up);
    link.toxic("limit_data", "downstream", R"({"bytes":50000})");
    const auto cut = out.publish({large});
    c.health.wait_for(condition::down);
    link.heal("limit_data", "downstream");
    out.wait(cut);
    c.health.wait_for(condition::up);
    EXPECT_NE(publish_one(*c.bus, make_message(c.address, "a", 2, "nobody.takes.it")).reason.find("NO_ROUTE"),
              std::string::npos);
}

TEST_F(amqp_link, an_address_that_is_gone_when_the_broker_is_back_does_not_hold_up_the_others) {
    connected maker(amqp_options());
    const auto gone = unique_name("gone");
    maker.bus->open({gone}, {});
    auto o = by_link();
    o.topology = topology::verify;
    const auto bus = amqp::make_transport(o);
    health_log health;
    bus->open({maker.address, gone}, health.handler());
    health.wait_for(condition::up);
    link.cut();
    health.wait_for(condition::down);
    stranger(service_address("amqp"), {"delete-exchange", gone});
    link.heal();
    health.wait_for(condition::up);
    receiver r;
    maker.subscribe(r);
    publisher(bus).publish_all({make_message(maker.address, "a", 1)});
    EXPECT_EQ(r.wait_for(1).size(), 1U);
    bus->close();
}

TEST_F(amqp_link, goes_on_with_the_next_host_when_one_is_dead_and_when_the_broker_moves) {
    faulty_link other(proxy, service_address("amqp"), "127.0.0.1:0", "other");
    other.cut(); // nobody listens there
    auto o = by_link();
    o.hosts = {other.address(), link.address()};
    connected c(o);
    c.health.wait_for(condition::down, other.address() + ": it can't be reached");
    c.health.wait_for(condition::up);
    receiver r;
    c.subscribe(r);
    load messages(c.bus, c.address);
    r.wait_for(100);
    link.cut();
    other.heal();
    r.wait_for(r.count() + 100);
    messages.expect_all_at(r);
}

TEST_F(amqp_link, what_was_deleted_while_it_was_away_is_there_again_before_it_is_used) {
    const auto broker = service_address("amqp");
    auto o = by_link();
    o.heartbeat = 60s; // it does not look for what is missing before
    const auto away = [&](connected& c, const auto& meanwhile) {
        c.health.wait_for(condition::up);
        link.cut();
        c.health.wait_for(condition::down);
        meanwhile();
        link.heal();
        c.health.wait_for(condition::up);
    };
    connected sender(o);
    away(sender, [&] { stranger(broker, {"delete-exchange", sender.address}); });
    auto m = make_message(sender.address, "a", 1);
    m.kind = message_kind::status; // nobody needs to take it
    publisher out(sender.bus);
    EXPECT_EQ(out.wait(out.publish({m})), std::vector{published::verdict::accepted});
    connected taker(o);
    receiver r;
    taker.subscribe(r);
    away(taker, [&] { stranger(broker, {"delete-queue", taker.address + ".g"}); });
    publisher(taker.bus).publish_all(taker.make_many(0, 10));
    wait_for_different(r, 10);
}

TEST_F(amqp_link, who_takes_other_types_than_the_group_did_before_gets_them) {
    connected c(by_link());
    c.health.wait_for(condition::up);
    link.cut();
    c.health.wait_for(condition::down);
    std::stop_source stop;
    gate left;
    c.bus->consume({.address = c.address, .group = "g", .types = {"chats.open"}, .stop = stop.get_token()},
                   [of_handler = std::shared_ptr<void>(nullptr, [&](void*) { left.open(); })](
                       const auto&, const auto&) {});
    stop.request_stop();
    left.wait();
    receiver after;
    after.subscribe(*c.bus, {.address = c.address, .group = "g", .types = {"chats.close"}});
    link.heal();
    publisher(c.bus).publish_all({make_message(c.address, "a", 1, "chats.close")});
    EXPECT_EQ(after.wait_for(1)[0].content.type, "chats.close");
}

TEST_F(amqp_link, a_silent_broker_is_noticed_also_by_who_only_publishes) {
    connected c(by_link());
    c.health.wait_for(condition::up);
    link.toxic("timeout", "downstream", R"({"timeout":0})");
    c.health.wait_for(condition::down, "heartbeat timeout");
}

TEST_F(amqp_link, works_over_a_slow_link) {
    link.toxic("latency", "upstream", R"({"latency":250})");
    link.toxic("latency", "downstream", R"({"latency":250})");
    connected c(by_link());
    c.health.wait_for(condition::up);
    receiver r;
    c.subscribe(r);
    publisher out(c.bus);
    out.publish_all(c.make_many(0, 50));
    wait_for_different(r, 50);
    link.toxic("bandwidth", "upstream", R"({"rate":1})");
    const auto batch = out.publish(c.make_many(50, 53)); // some 2 KB
    for (const auto v : out.wait(batch)) EXPECT_EQ(v, published::verdict::accepted);
    wait_for_different(r, 53);
}

TEST_F(amqp_link, close_returns_at_its_deadline_whatever_the_broker_does) {
    connected c(by_link());
    receiver r;
    c.subscribe(r);
    publisher out(c.bus);
    out.publish_all(c.make_many(0, 10));
    link.toxic("timeout", "downstream", R"({"timeout":0})");
    const auto batch = out.publish(c.make_many(10, 5000));
    const auto began = std::chrono::steady_clock::now();
    c.bus->close();
    EXPECT_LT(std::chrono::steady_clock::now() - began, 5s) << "two connections, a second each";
    for (const auto v : out.wait(batch)) EXPECT_EQ(v, published::verdict::failed);
}

} // namespace
} // namespace sagaflow::testing
