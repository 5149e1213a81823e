// Where a command type goes.
#pragma once

#include "core/shard.hpp"

#include <sagaflow/engine.hpp>
#include <sagaflow/plan.hpp>

#include <map>
#include <string>
#include <vector>

namespace sagaflow::runtime {

class routing {
  public:
    explicit routing(const engine_options& options);

    core::target operator()(const std::string& command_type) const;

    const core::foreign_rejections& rejections() const { return rejections_; }
    const std::optional<core::target>& status() const { return status_; }

    // The addresses of a definition's commands and compensations, by transport.
    std::vector<std::vector<std::string>> addresses_of(const plan& definition) const;

  private:
    std::map<std::string, core::target> routes_;
    core::foreign_rejections rejections_;
    std::optional<core::target> status_;
    std::size_t transports_;
};

} // namespace sagaflow::runtime
