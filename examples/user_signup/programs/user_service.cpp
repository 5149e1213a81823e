// user_service: takes requests, runs the sagas, serves the page. Once per store.
#include "programs/run.hpp"
#include "programs/user_program.hpp"
#include "web/demo_client.hpp"

#include <sagaflow/transport.hpp>

namespace {

class user_service final : public signup::program {
  public:
    user_service(const signup::program_options& o, const std::shared_ptr<sagaflow::transport>& bus,
                 const std::shared_ptr<sagaflow::log_sink>& log)
        : chat_("chat", o.chat.instances),
          customer_("customer", o.customer.instances),
          user_(o, bus, chat_, customer_, log) {}
    ~user_service() override { stop(); }

    void listen() override { user_.listen(); }
    void start() override { user_.start(); }
    void stop() override { user_.stop(); }
    std::uint16_t port() const override { return user_.port(); }

  private:
    signup::demo_client chat_;
    signup::demo_client customer_;
    signup::user_program user_;
};

} // namespace

int main(int argc, char** argv) {
    return signup::run(argc, argv, signup::role::user,
                       [](const auto& options, const auto& bus, const auto& log) {
                           return std::make_unique<user_service>(options, bus, log);
                       });
}
