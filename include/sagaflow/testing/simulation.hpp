// Simulation: a definition under everything that can go wrong. The real engine core runs over a simulated
// store, transport, clock and participants; a seed decides what is lost, doubled, late or out of order, when
// commits fail, when the engine dies, what participants answer and what operators do. After every step it
// checks what sagaflow promises, and that .compensate uses only what was known before its step was sent.
//
//   sagaflow::testing::simulation world(user_signup(), {{.user_id = "ada"}, {.user_id = "bob"}});
//   world.answer<chats::open>([](const chats::open& c) { return chats::opened{.room_id = "room of " +
//   c.user_id}; }); EXPECT_EQ(world.run({.runs = 1000}), "");
#pragma once

#include <sagaflow/saga.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sagaflow::testing {

struct simulation_options {
    std::uint64_t first_seed = 1;
    std::uint64_t runs = 1000;                             // with the seeds from first_seed on
    std::chrono::seconds at_most = std::chrono::hours(24); // no new run begins after it
};

// What is simulated, its types erased.
struct simulated {
    std::shared_ptr<const plan> definition;
    std::vector<std::string> inputs; // JSON
    std::map<std::string, std::function<std::string(std::string_view)>, std::less<>>
        answers; // by command type
};

class simulation {
  public:
    // Sagas start with one of the inputs each; give two or more, so that starts can conflict.
    template <class S>
    simulation(const saga<S>& definition, const std::vector<S>& inputs) {
        what_.definition = make_plan(definition);
        for (const auto& input : inputs) codec<S>::encode(input, what_.inputs.emplace_back());
    }

    // What participants answer to a C that they accept. Without it the answer is {}, which suits `nothing`
    // and replies whose members are all optional. Pure: it may be asked again.
    template <command C, class F>
    simulation& answer(F make_reply) {
        static_assert(decodable<C> && encodable<typename C::reply>,
                      "sagaflow: a simulated participant decodes commands and encodes replies");
        what_.answers[std::string(C::type)] = [f = std::move(make_reply)](std::string_view body) {
            std::string out;
            codec<typename C::reply>::encode(f(codec<C>::decode(body)), out);
            return out;
        };
        return *this;
    }

    // Runs one seed after the other, in this thread. Returns "" if every promise held; else a text with the
    // seed that broke one, which it was, and all that happened until then. The same seed always does the
    // same.
    std::string run(const simulation_options& options = {}) const;

    // All that happens under one seed, line by line, and the promise that it breaks, if any.
    std::string tell(std::uint64_t seed) const;

  private:
    simulated what_;
};

} // namespace sagaflow::testing
