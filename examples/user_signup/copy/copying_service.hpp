// chat or customer: takes its commands from the bus and keeps its copy of the users.
#pragma once

#include "base/database.hpp"
#include "base/demo_service.hpp"

#include <sagaflow/log.hpp>
#include <sagaflow/metric.hpp>
#include <sagaflow/participant.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace signup {

struct copying_service_options {
    std::string database; // its file; instances of one service on one machine share it
    std::string group;
    std::string topic;
    std::function<void(sagaflow::participant&)> serve; // serve_chat or serve_customer
};

class copying_service final : public demo_service {
  public:
    // Opens the database. Throws sagaflow::error or database_error that says what to do.
    copying_service(const copying_service_options& o, const std::shared_ptr<sagaflow::transport>& bus,
                    const std::shared_ptr<sagaflow::log_sink>& log);

    void start() { reads_.start(); }
    void stop() { reads_.stop(); }

    std::string trouble() const { return users_.trouble(); }
    std::vector<sagaflow::metric> metrics() const { return reads_.metrics(); }

    void put_user(const std::string& user_id) override;
    void set_fault(const fault& f) override { faults_->set(f); }

  private:
    std::shared_ptr<fault_switch> faults_ = std::make_shared<fault_switch>();
    database users_;
    sagaflow::participant reads_;
};

} // namespace signup
