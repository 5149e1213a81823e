#include "runtime/routing.hpp"

#include <sagaflow/transport.hpp>

#include <algorithm>
#include <set>

namespace sagaflow::runtime {

namespace {

std::string address_by_type(const std::string& type) {
    return type.substr(0, type.find('.'));
}

} // namespace

routing::routing(const engine_options& options) : transports_(options.transports.size()) {
    const auto index_of = [&all = options.transports](const std::shared_ptr<transport>& t) {
        return t ? static_cast<std::size_t>(std::find(all.begin(), all.end(), t) - all.begin()) : 0;
    };
    if (options.status) status_ = {index_of(options.status->transport), options.status->address};
    for (const auto& [type, to] : options.routes) {
        routes_[type] = {index_of(to.transport), to.address.empty() ? address_by_type(type) : to.address};
        if (to.rejected) rejections_.emplace(type, *to.rejected);
    }
}

core::target routing::operator()(const std::string& command_type) const {
    const auto found = routes_.find(command_type);
    return found == routes_.end() ? core::target{0, address_by_type(command_type)} : found->second;
}

std::vector<std::vector<std::string>> routing::addresses_of(const plan& definition) const {
    std::vector<std::set<std::string>> found(transports_);
    for (const auto& s : definition.steps) {
        for (const auto& type : {s.command_type, s.compensation_type}) {
            if (type.empty()) continue;
            const auto to = (*this)(type);
            found.at(to.transport).insert(to.address);
        }
    }
    std::vector<std::vector<std::string>> all;
    all.reserve(found.size());
    for (const auto& of_one : found) all.emplace_back(of_one.begin(), of_one.end());
    return all;
}

} // namespace sagaflow::runtime
