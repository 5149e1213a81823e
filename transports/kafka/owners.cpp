#include "owners.hpp"

#include "consumer.hpp"
#include "deadline.hpp"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace sagaflow::kafka {

namespace {

// What one broker is asked, and later its answer.
struct question {
    std::int32_t broker;
    queue_handle answers;
    event_handle answer;
};

template <class Ask>
question ask(client& by, std::int32_t broker, rd_kafka_admin_op_t op, time_limit deadline, Ask call) {
    const admin_options_handle how(rd_kafka_AdminOptions_new(by.get(), op));
    rd_kafka_AdminOptions_set_request_timeout(how.get(), left(deadline), nullptr, 0);
    rd_kafka_AdminOptions_set_broker(how.get(), broker, nullptr, 0);
    question q{broker, queue_handle(rd_kafka_queue_new(by.get())), nullptr};
    call(how.get(), q.answers.get());
    return q;
}

// Empty, or what is wrong with one of the answers.
std::string wait_for(std::vector<question>& all, time_limit deadline) {
    for (auto& q : all) {
        q.answer.reset(rd_kafka_queue_poll(q.answers.get(), left(deadline)));
        if (!q.answer) return "broker " + std::to_string(q.broker) + " did not answer in time";
        if (rd_kafka_event_error(q.answer.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
            return rd_kafka_event_error_string(q.answer.get());
    }
    return {};
}

// Asks each that is there what groups it has.
std::string ask_for_groups(client& by, std::vector<question>& all, time_limit deadline) {
    const rd_kafka_metadata_t* found = nullptr;
    const auto err = rd_kafka_metadata(by.get(), 0, nullptr, &found, left(deadline));
    const metadata_handle cluster(found);
    if (err != RD_KAFKA_RESP_ERR_NO_ERROR) return rd_kafka_err2str(err);
    for (int i = 0; i < cluster->broker_cnt; ++i)
        all.push_back(ask(by, cluster->brokers[i].id, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS, deadline,
                          [&](auto* how, auto* to) { rd_kafka_ListConsumerGroups(by.get(), how, to); }));
    return wait_for(all, deadline);
}

// Those of the address: their names begin with it, as may those of others.
std::string groups_of(const std::string& address, const question& listed, std::vector<std::string>& found) {
    const auto* result = rd_kafka_event_ListConsumerGroups_result(listed.answer.get());
    std::size_t count = 0;
    const auto* const* errors = rd_kafka_ListConsumerGroups_result_errors(result, &count);
    if (count > 0) return rd_kafka_error_string(errors[0]);
    const auto* const* groups = rd_kafka_ListConsumerGroups_result_valid(result, &count);
    for (std::size_t i = 0; i < count; ++i) {
        std::string id = rd_kafka_ConsumerGroupListing_group_id(groups[i]);
        if (id.starts_with(address + ".")) found.push_back(std::move(id));
    }
    return {};
}

std::string ask_for_members(client& by, const std::string& address, const std::vector<question>& listed,
                            std::vector<question>& all, time_limit deadline) {
    for (const auto& l : listed) {
        std::vector<std::string> groups;
        if (auto why = groups_of(address, l, groups); !why.empty()) return why;
        if (groups.empty()) continue;
        std::vector<const char*> names;
        for (const auto& g : groups) names.push_back(g.c_str());
        all.push_back(
            ask(by, l.broker, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, deadline, [&](auto* how, auto* to) {
                rd_kafka_DescribeConsumerGroups(by.get(), names.data(), names.size(), how, to);
            }));
    }
    return wait_for(all, deadline);
}

// Adds the members that own the address, but for ourselves: their instance and what people call them.
void add_owners(std::map<std::string, std::string>& found, const rd_kafka_ConsumerGroupDescription_t* group,
                const std::string& owners, const std::string& ourselves) {
    const auto count = rd_kafka_ConsumerGroupDescription_member_count(group);
    for (std::size_t i = 0; i < count; ++i) {
        const auto* member = rd_kafka_ConsumerGroupDescription_member(group, i);
        const auto* instance = rd_kafka_MemberDescription_group_instance_id(member);
        if (instance == nullptr || !std::string(instance).starts_with(owners) || ourselves == instance)
            continue;
        found[instance] = std::string(rd_kafka_MemberDescription_client_id(member)) + " at " +
                          rd_kafka_MemberDescription_host(member);
    }
}

} // namespace

owner_answer find_other_owner(client& by, const subscription& newcomer, time_limit deadline) {
    std::vector<question> listed;
    if (auto why = ask_for_groups(by, listed, deadline); !why.empty()) return {false, std::move(why), {}};
    std::vector<question> described;
    if (auto why = ask_for_members(by, newcomer.address, listed, described, deadline); !why.empty())
        return {false, std::move(why), {}};
    const auto owners = owner_instances(newcomer.address);
    const auto ourselves =
        newcomer.sole_owner.empty() ? std::string() : owner_instance(newcomer.address, newcomer.sole_owner);
    std::map<std::string, std::string> found;
    for (const auto& d : described) {
        std::size_t count = 0;
        const auto* const* groups = rd_kafka_DescribeConsumerGroups_result_groups(
            rd_kafka_event_DescribeConsumerGroups_result(d.answer.get()), &count);
        for (std::size_t i = 0; i < count; ++i) {
            const auto* err = rd_kafka_ConsumerGroupDescription_error(groups[i]);
            // One that we may not see is not looked at. Any other error may be over soon.
            if (err != nullptr && rd_kafka_error_code(err) != RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
                return {false, rd_kafka_error_string(err), {}};
            add_owners(found, groups[i], owners, ourselves);
        }
    }
    if (found.empty()) return {true, {}, {}};
    return {true, {}, found.begin()->second, found.begin()->first < ourselves};
}

} // namespace sagaflow::kafka
