#include "owners.hpp"

#include "consumer.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace sagaflow::kafka {

namespace {

using std::chrono::milliseconds;
using time_limit = std::chrono::steady_clock::time_point;

int left(time_limit deadline) {
    const auto ms = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    return static_cast<int>(std::max<milliseconds::rep>(ms, 1));
}

template <class Ask>
event_handle ask(client& by, rd_kafka_admin_op_t op, time_limit deadline, Ask call) {
    const admin_options_handle how(rd_kafka_AdminOptions_new(by.get(), op));
    rd_kafka_AdminOptions_set_request_timeout(how.get(), left(deadline), nullptr, 0);
    const queue_handle answers(rd_kafka_queue_new(by.get()));
    call(how.get(), answers.get());
    return event_handle(rd_kafka_queue_poll(answers.get(), left(deadline)));
}

std::string trouble_of(const event_handle& e) {
    if (!e) return "the brokers did not answer in time";
    return rd_kafka_event_error(e.get()) ? rd_kafka_event_error_string(e.get()) : "";
}

// Groups of the address: their names begin with it, as may those of others.
std::vector<std::string> groups_of(const std::string& address, rd_kafka_event_t* listed) {
    std::size_t count = 0;
    const auto* const* groups =
        rd_kafka_ListConsumerGroups_result_valid(rd_kafka_event_ListConsumerGroups_result(listed), &count);
    std::vector<std::string> found;
    for (std::size_t i = 0; i < count; ++i) {
        std::string id = rd_kafka_ConsumerGroupListing_group_id(groups[i]);
        if (id.starts_with(address + ".")) found.push_back(std::move(id));
    }
    return found;
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
    const auto listed =
        ask(by, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS, deadline,
            [&](auto* how, auto* answers) { rd_kafka_ListConsumerGroups(by.get(), how, answers); });
    if (auto why = trouble_of(listed); !why.empty()) return {false, std::move(why), {}};
    const auto groups = groups_of(newcomer.address, listed.get());
    if (groups.empty()) return {true, {}, {}};
    std::vector<const char*> names;
    for (const auto& g : groups) names.push_back(g.c_str());
    const auto described =
        ask(by, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, deadline, [&](auto* how, auto* answers) {
            rd_kafka_DescribeConsumerGroups(by.get(), names.data(), names.size(), how, answers);
        });
    if (auto why = trouble_of(described); !why.empty()) return {false, std::move(why), {}};
    std::size_t count = 0;
    const auto* const* descriptions = rd_kafka_DescribeConsumerGroups_result_groups(
        rd_kafka_event_DescribeConsumerGroups_result(described.get()), &count);
    const auto owners = owner_instances(newcomer.address);
    const auto ourselves =
        newcomer.sole_owner.empty() ? std::string() : owner_instance(newcomer.address, newcomer.sole_owner);
    std::map<std::string, std::string> found;
    for (std::size_t i = 0; i < count; ++i) {
        if (const auto* err = rd_kafka_ConsumerGroupDescription_error(descriptions[i]))
            if (rd_kafka_error_code(err) < 0) return {false, rd_kafka_error_string(err), {}};
        add_owners(found, descriptions[i], owners, ourselves);
    }
    if (found.empty()) return {true, {}, {}};
    return {true, {}, found.begin()->second, found.begin()->first < ourselves};
}

} // namespace sagaflow::kafka
