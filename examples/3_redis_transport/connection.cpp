#include "connection.hpp"

#include <sagaflow/error.hpp>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <random>

#include <pthread.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace redis {

namespace {

timeval to_timeval(std::chrono::milliseconds t) {
    return {t.count() / 1000, t.count() % 1000 * 1000};
}

} // namespace

options at(const std::string& address) {
    options o;
    const auto colon = std::min(address.rfind(':'), address.size());
    const char* const end = address.data() + address.size();
    const auto [rest, failed] =
        std::from_chars(address.data() + std::min(colon + 1, address.size()), end, o.port);
    if (failed != std::errc() || rest != end) {
        throw sagaflow::error(sagaflow::errc::invalid_argument,
                              "the address of Redis is '" + address + "': write HOST:PORT");
    }
    o.host = address.substr(0, colon);
    return o;
}

connection::connection(const options& o)
    : context_(redisConnectWithTimeout(o.host.c_str(), o.port, to_timeval(o.timeout))) {
    const auto where = "Redis at " + o.host + ":" + std::to_string(o.port) + ": ";
    if (!context_ || context_->err != 0)
        throw connection_lost(where + (context_ ? context_->errstr : "out of memory"));
    redisSetTimeout(context_.get(), to_timeval(o.timeout));
    redisEnableKeepAlive(context_.get());
    try {
        if (!o.password.empty())
            run(o.user.empty() ? command{"AUTH", o.password} : command{"AUTH", o.user, o.password});
        run({"PING"}); // one that is still loading its data refuses
    } catch (const command_failed& why) {
        throw connection_lost(where + why.what());
    }
}

void connection::append(const command& c) {
    std::vector<const char*> words;
    std::vector<std::size_t> lengths;
    for (const auto& word : c) {
        words.push_back(word.data());
        lengths.push_back(word.size());
    }
    redisAppendCommandArgv(context_.get(), static_cast<int>(c.size()), words.data(), lengths.data());
}

reply connection::next() {
    void* raw = nullptr;
    if (redisGetReply(context_.get(), &raw) != REDIS_OK)
        throw connection_lost(std::string("the connection to Redis was lost: ") + context_->errstr);
    return reply(static_cast<redisReply*>(raw));
}

reply connection::run(const command& c) {
    append(c);
    auto answer = next();
    if (answer->type == REDIS_REPLY_ERROR)
        throw command_failed(c.front() + ": " + std::string(answer->str, answer->len));
    return answer;
}

void connection::interrupt() noexcept {
    ::shutdown(context_->fd, SHUT_RDWR);
}

void begin_thread(const char* name) {
    pthread_setname_np(pthread_self(), name);
    sigset_t broken_pipe;
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
}

std::chrono::milliseconds backoff::next() {
    thread_local std::minstd_rand random(std::random_device{}());
    const auto ceiling = ceiling_;
    ceiling_ = std::min(ceiling_ * 2, std::chrono::milliseconds(2000));
    return std::chrono::milliseconds(
        std::uniform_int_distribution<long>(ceiling.count() / 2, ceiling.count())(random));
}

} // namespace redis
