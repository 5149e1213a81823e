// The programs of chat or of customer, asked over their own HTTP interfaces to do what is being tried out.
#pragma once

#include "base/demo_service.hpp"

#include <string>
#include <vector>

namespace signup {

class demo_client final : public demo_service {
  public:
    // `service`: "chat" or "customer"; `instances`: address:port of each.
    demo_client(std::string service, std::vector<std::string> instances);

    void put_user(const std::string& user_id) override; // instances share a database: one of them does it
    void set_fault(const fault& f) override;            // in all of them

  private:
    void require_instances() const;

    std::string service_;
    std::vector<std::string> instances_;
};

} // namespace signup
