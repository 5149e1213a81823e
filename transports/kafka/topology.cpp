#include "topology.hpp"

#include "deadline.hpp"

#include <algorithm>
#include <array>
#include <thread>

namespace sagaflow::kafka {

namespace {

using what = topic_answer::what;
using std::chrono::milliseconds;

constexpr milliseconds between_looks{20};

bool is_local(rd_kafka_resp_err_t err) { // no broker has said so
    return err < RD_KAFKA_RESP_ERR_NO_ERROR && err != RD_KAFKA_RESP_ERR_UNKNOWN;
}

bool may_pass(rd_kafka_resp_err_t err) { // the controller is another one by now, or is busy
    return is_local(err) || err == RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT ||
           err == RD_KAFKA_RESP_ERR_NOT_CONTROLLER;
}

bool has_leaders(const rd_kafka_metadata_topic_t& t) {
    return t.partition_cnt > 0 && std::all_of(t.partitions, t.partitions + t.partition_cnt,
                                              [](const auto& p) { return p.leader >= 0; });
}

rd_kafka_resp_err_t state_of(const rd_kafka_metadata_topic_t& t) {
    if (t.err == RD_KAFKA_RESP_ERR_NO_ERROR && !has_leaders(t)) return RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
    return t.err;
}

// Asks about one topic, which makes the client remember it.
rd_kafka_resp_err_t look(client& by, const std::string& topic, time_limit deadline) {
    const topic_handle known(rd_kafka_topic_new(by.get(), topic.c_str(), nullptr));
    const rd_kafka_metadata_t* found = nullptr;
    const auto err = rd_kafka_metadata(by.get(), 0, known.get(), &found, left(deadline));
    const metadata_handle held(found);
    if (err != RD_KAFKA_RESP_ERR_NO_ERROR) return err;
    if (held->topic_cnt < 1) return RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    return state_of(held->topics[0]);
}

bool all_is_well(const rd_kafka_metadata_t& all, const std::string& topic) {
    return std::any_of(all.topics, all.topics + all.topic_cnt, [&](const auto& t) {
        return topic == t.topic && state_of(t) == RD_KAFKA_RESP_ERR_NO_ERROR;
    });
}

topic_answer create(client& by, const transport_options& options, const std::string& topic,
                    time_limit deadline) {
    std::array<char, 512> why{};
    const new_topic_handle wanted(rd_kafka_NewTopic_new(topic.c_str(), options.partitions,
                                                        options.replication_factor, why.data(), why.size()));
    if (!wanted) return {what::refused, why.data()};
    const admin_options_handle how(rd_kafka_AdminOptions_new(by.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS));
    rd_kafka_AdminOptions_set_request_timeout(how.get(), left(deadline), nullptr, 0);
    rd_kafka_AdminOptions_set_operation_timeout(how.get(), left(deadline), nullptr, 0);
    const queue_handle answers(rd_kafka_queue_new(by.get()));
    auto* one = wanted.get();
    rd_kafka_CreateTopics(by.get(), &one, 1, how.get(), answers.get());
    const event_handle answer(rd_kafka_queue_poll(answers.get(), left(deadline)));
    if (!answer) return {what::away, "the broker did not answer in time"};
    if (const auto err = rd_kafka_event_error(answer.get()))
        return {may_pass(err) ? what::away : what::refused, rd_kafka_event_error_string(answer.get())};
    std::size_t count = 0;
    const auto* const* results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(answer.get()), &count);
    const auto err = count > 0 ? rd_kafka_topic_result_error(results[0]) : RD_KAFKA_RESP_ERR_NO_ERROR;
    if (err == RD_KAFKA_RESP_ERR_NO_ERROR || err == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) return {};
    const auto* said = rd_kafka_topic_result_error_string(results[0]);
    return {may_pass(err) ? what::away : what::refused,
            "the topic '" + topic + "' can't be made: " + (said != nullptr ? said : rd_kafka_err2str(err))};
}

// A broker learns that it is a partition's leader a moment after others do; what is produced before is
// refused, and may end out of order.
bool leaders_are_ready(client& by, const transport_options& options, const std::string& topic,
                       time_limit deadline) {
    for (int partition = 0; partition < options.partitions; ++partition) {
        std::int64_t low = 0;
        std::int64_t high = 0;
        if (rd_kafka_query_watermark_offsets(by.get(), topic.c_str(), partition, &low, &high,
                                             left(deadline)) != RD_KAFKA_RESP_ERR_NO_ERROR)
            return false;
    }
    return true;
}

topic_answer missing(const std::string& topic) {
    return {what::refused, "the topic '" + topic + "' is not there: make it, or set topology to create"};
}

topic_answer ensure_one(client& by, const transport_options& options, const std::string& topic,
                        time_limit deadline) {
    bool created = false;
    for (;;) {
        const auto err = look(by, topic, deadline);
        const bool unknown =
            err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || err == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
        if (unknown && options.topology == topology::none) return {};
        const bool there = err == RD_KAFKA_RESP_ERR_NO_ERROR;
        if (there && (!created || leaders_are_ready(by, options, topic, deadline))) return {};
        if (unknown && options.topology == topology::verify) return missing(topic);
        if (unknown && !created) {
            if (auto answer = create(by, options, topic, deadline); answer.is != what::usable) return answer;
            created = true;
        } else if (!there && !unknown && err != RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE) {
            return {is_local(err) ? what::away : what::refused,
                    "the topic '" + topic + "': " + rd_kafka_err2str(err)};
        } else if (std::chrono::steady_clock::now() >= deadline) {
            return {what::away, "the topic '" + topic + "' has no leader"};
        } else { // it takes the brokers a moment
            std::this_thread::sleep_for(between_looks);
        }
    }
}

} // namespace

bool is_there(client& by, const std::string& topic, time_limit deadline) {
    return look(by, topic, deadline) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

topic_answer ensure(client& by, const transport_options& options, const std::vector<std::string>& topics,
                    time_limit deadline) {
    std::vector<topic_handle> known; // one question about all that the client knows
    for (const auto& topic : topics) known.emplace_back(rd_kafka_topic_new(by.get(), topic.c_str(), nullptr));
    const rd_kafka_metadata_t* found = nullptr;
    const auto err = rd_kafka_metadata(by.get(), 0, nullptr, &found, left(deadline));
    const metadata_handle held(found);
    if (err == RD_KAFKA_RESP_ERR__TIMED_OUT) return {what::away, "no broker has answered"};
    if (err != RD_KAFKA_RESP_ERR_NO_ERROR)
        return {is_local(err) ? what::away : what::refused, rd_kafka_err2str(err)};
    for (const auto& topic : topics) {
        if (all_is_well(*held, topic)) continue;
        if (auto answer = ensure_one(by, options, topic, deadline); answer.is != what::usable) return answer;
    }
    return {};
}

} // namespace sagaflow::kafka
