// The whole sign-up in one process: the user service with its engine, chat, customer, and the page.
#pragma once

#include "options.hpp"

#include <sagaflow/log.hpp>

#include <cstdint>
#include <memory>

namespace signup {

class program {
  public:
    // Opens the databases. Throws sagaflow::error or database_error that says what to do.
    program(const program_options& options, std::shared_ptr<sagaflow::log_sink> log);
    ~program();

    // Serves. Throws sagaflow::error when it can't.
    void start();

    // In order: no more requests, then what is under way becomes durable. Within 18 s. Idempotent.
    void stop();

    std::uint16_t port() const;

  private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

} // namespace signup
