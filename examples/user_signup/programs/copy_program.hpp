// chat or customer as a program of its own: the service, and a small HTTP interface for health and for trying
// things out.
#pragma once

#include "copy/copying_service.hpp"
#include "programs/options.hpp"
#include "programs/program.hpp"

#include <sagaflow/health.hpp>
#include <sagaflow/log.hpp>
#include <sagaflow/transport.hpp>

#include <memory>

namespace signup {

// The options of the services, as parts of a larger program need them too.
copying_service_options chat_options(const program_options& o);
copying_service_options customer_options(const program_options& o);

class copy_program final : public program {
  public:
    // `of` is chat or customer. Opens its database in the data folder, which must be there. Throws
    // sagaflow::error or database_error that says what to do.
    copy_program(const program_options& options, role of, std::shared_ptr<sagaflow::transport> bus,
                 const std::shared_ptr<sagaflow::log_sink>& log);
    ~copy_program() override;

    void listen() override;
    void start() override;
    void stop() override; // within 10 s; does not close the bus
    std::uint16_t port() const override;

  private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

} // namespace signup
