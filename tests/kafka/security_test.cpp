// TLS and SASL: whoever may gets in, and whoever may not is told why, without a secret in any word.
#include "support/service_address.hpp"

#include <sagaflow/kafka.hpp>
#include <sagaflow/log.hpp>
#include <sagaflow/testing/transport_script.hpp>

#include <array>
#include <csignal>
#include <cstdio>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sagaflow::testing {
namespace {

class kept_log : public log_sink {
  public:
    void write(log_level, std::string_view message, std::span<const log_field> fields) noexcept override {
        const std::lock_guard lock(mutex_);
        text_ += message;
        for (const auto& f : fields) text_ += f.value;
    }
    std::string text() const {
        const std::lock_guard lock(mutex_);
        return text_;
    }

  private:
    mutable std::mutex mutex_;
    std::string text_;
};

std::string certificate(const std::string& name) {
    return service_address("certificates") + "/" + name;
}

kafka::transport_options options(const std::string& listener) {
    kafka::transport_options o;
    o.hosts = {service_address(listener)};
    o.partitions = 1;
    if (listener.ends_with("ssl")) o.tls = {.enabled = true, .ca_file = certificate("ca.pem")};
    return o;
}

// What open() has told when it returns; empty: up.
std::string trouble(kafka::transport_options o) {
    kept_log log;
    o.log = &log;
    o.properties.push_back({"debug", "security,conf"});
    const auto bus = kafka::make_transport(o);
    std::string told = "nothing";
    bus->open({unique_name("secure")}, [&](const transport_health& h) {
        if (told == "nothing") told = h.reason;
    });
    bus->close();
    for (const auto& secret : {o.sasl.password, o.tls.key_password}) {
        if (secret.empty()) continue;
        EXPECT_EQ(log.text().find(secret), std::string::npos);
        EXPECT_EQ(told.find(secret), std::string::npos);
    }
    return told;
}

using ::testing::HasSubstr;

TEST(kafka_security, lets_users_in_by_each_mechanism_with_and_without_tls) {
    for (const std::string listener : {"kafka-sasl-plaintext", "kafka-sasl-ssl"}) {
        for (const auto& [mechanism, user] :
             {std::pair{"PLAIN", "alice"}, {"SCRAM-SHA-256", "bob"}, {"SCRAM-SHA-512", "bob"}}) {
            auto o = options(listener);
            o.sasl = {.mechanism = mechanism, .user = user, .password = std::string(user) + "-secret"};
            EXPECT_EQ(trouble(o), "") << listener << mechanism;
        }
    }
}

TEST(kafka_security, carries_messages_with_a_certificate_of_the_client) {
    auto o = options("kafka-ssl");
    o.tls.certificate_file = certificate("client.pem");
    o.tls.key_file = certificate("client.key");
    const auto bus = kafka::make_transport(o);
    const auto topic = unique_name("secure");
    bus->open({topic}, [](const transport_health&) {});
    receiver r;
    r.subscribe(*bus, {.address = topic, .group = "g"});
    publisher(bus).publish_all({make_message(topic, "ada", 1)});
    EXPECT_EQ(r.wait_for(1)[0].content.saga_id, "ada");
    bus->close();
}

TEST(kafka_security, says_that_a_password_is_wrong) {
    for (const auto& [mechanism, user] : {std::pair{"PLAIN", "alice"}, {"SCRAM-SHA-512", "bob"}}) {
        auto o = options("kafka-sasl-plaintext");
        o.sasl = {.mechanism = mechanism, .user = user, .password = "a-wrong-guess"};
        EXPECT_THAT(trouble(o), HasSubstr("check sasl.mechanism, sasl.user and sasl.password"));
    }
}

TEST(kafka_security, says_that_the_authority_is_wrong) {
    auto o = options("kafka-sasl-ssl");
    o.tls.ca_file = certificate("wrong-ca.pem");
    EXPECT_THAT(trouble(o), HasSubstr("is not signed by whom tls.ca_file trusts"));
}

TEST(kafka_security, says_that_the_broker_wants_a_certificate) {
    EXPECT_THAT(trouble(options("kafka-ssl")), HasSubstr("check tls.certificate_file"));
    auto o = options("kafka-ssl");
    o.tls.certificate_file = certificate("stranger.pem");
    o.tls.key_file = certificate("stranger.key");
    EXPECT_THAT(trouble(o), HasSubstr("check tls.certificate_file"));
}

// Shows a certificate. It needs to be no Kafka, as nobody gets any further.
class tls_server {
  public:
    explicit tls_server(const std::string& name) {
        const auto file = certificate(name + "-keystore.pem");
        std::array<int, 2> out{};
        if (::pipe(out.data()) != 0) throw std::runtime_error("no pipe");
        pid_ = ::fork();
        if (pid_ == 0) {
            ::dup2(out[1], 1);
            ::execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0", "-www", "-cert",
                     file.c_str(), "-key", file.c_str(), nullptr);
            ::_exit(127);
        }
        ::close(out[1]);
        output_ = ::fdopen(out[0], "r");
        std::array<char, 256> line{};
        while (address_.empty() && std::fgets(line.data(), line.size(), output_) != nullptr) {
            const std::string text = line.data();
            if (text.starts_with("ACCEPT ")) address_ = text.substr(7, text.find_last_not_of(" \r\n") - 6);
        }
    }
    ~tls_server() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        std::fclose(output_);
    }
    tls_server(const tls_server&) = delete;
    tls_server& operator=(const tls_server&) = delete;
    const std::string& address() const { return address_; }

  private:
    pid_t pid_ = 0;
    std::FILE* output_ = nullptr;
    std::string address_;
};

TEST(kafka_security, says_what_is_wrong_with_the_brokers_certificate) {
    const tls_server expired("expired");
    auto o = options("kafka-sasl-ssl");
    o.hosts = {expired.address()};
    EXPECT_THAT(trouble(o), HasSubstr("has expired"));
    const tls_server elsewhere("other-host");
    o.hosts = {elsewhere.address()};
    EXPECT_THAT(trouble(o), HasSubstr("is for another host"));
}

} // namespace
} // namespace sagaflow::testing
