// The user service: its engine, its own steps, its HTTP interface, and the page.
#pragma once

#include "programs/options.hpp"
#include "programs/program.hpp"

#include <sagaflow/log.hpp>
#include <sagaflow/metric.hpp>
#include <sagaflow/transport.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace signup {

class demo_service;

using metrics_source = std::function<std::vector<sagaflow::metric>()>;

class user_program final : public program {
  public:
    // `chat` and `customer` do what the page tries out with them. Opens the databases in the data folder,
    // which must be there; throws sagaflow::error or database_error that says what to do. `also`: figures for
    // /metrics beside its own.
    user_program(const program_options& options, std::shared_ptr<sagaflow::transport> bus, demo_service& chat,
                 demo_service& customer, const std::shared_ptr<sagaflow::log_sink>& log,
                 metrics_source also = {});
    ~user_program() override;

    void listen() override;
    void start() override;
    void stop() override; // within 18 s; does not close the bus
    std::uint16_t port() const override;

  private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

} // namespace signup
