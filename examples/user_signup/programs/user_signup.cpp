// user_signup: all three services in one process.
#include "programs/copy_program.hpp"
#include "programs/run.hpp"
#include "programs/user_program.hpp"

#include <sagaflow/transport.hpp>

namespace {

class whole_program final : public signup::program {
  public:
    whole_program(const signup::program_options& o, const std::shared_ptr<sagaflow::transport>& bus,
                  const std::shared_ptr<sagaflow::log_sink>& log)
        : chat_(signup::chat_options(o), bus, log),
          customer_(signup::customer_options(o), bus, log),
          user_(o, bus, chat_, customer_, log, [this] { return metrics_of_others(); }) {}
    ~whole_program() override { stop(); }

    void listen() override { user_.listen(); }
    void start() override {
        chat_.start();
        customer_.start();
        user_.start();
    }
    void stop() override {
        user_.stop();
        chat_.stop();
        customer_.stop();
    }
    std::uint16_t port() const override { return user_.port(); }

  private:
    std::vector<sagaflow::metric> metrics_of_others() const {
        auto all = chat_.metrics();
        const auto more = customer_.metrics();
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }

    signup::copying_service chat_;
    signup::copying_service customer_;
    signup::user_program user_;
};

} // namespace

int main(int argc, char** argv) {
    return signup::run(argc, argv, signup::role::all,
                       [](const auto& options, const auto& bus, const auto& log) {
                           return std::make_unique<whole_program>(options, bus, log);
                       });
}
