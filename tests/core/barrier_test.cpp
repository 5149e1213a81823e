#include "core/barrier.hpp"

#include <sagaflow/memory.hpp>

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sagaflow::core {
namespace {

using namespace std::chrono_literals;

const char* name_of(passage how) {
    switch (how) {
        case passage::handled:
            return "handled";
        case passage::repeated:
            return "repeated";
        case passage::null_compensation:
            return "null";
        case passage::compensated:
            return "compensated";
        case passage::too_old:
            return "too old";
    }
    return "?";
}

// A participant's inbox and a service behind it that does what the transcript says.
class world {
  public:
    // what: "action", "compensation/2 rejects", "action throws".
    std::string arrive(const std::string& what) {
        std::istringstream words(what);
        std::string part;
        std::string does = "succeeds";
        words >> part >> does;
        message m = command;
        m.id += "/" + part;
        m.kind = part.starts_with("comp") ? message_kind::compensation : message_kind::command;
        return arrive(m, does);
    }

    std::string arrive(const message& m, const std::string& does = "succeeds") {
        std::string said;
        const auto work = [&](inbox_transaction* tx, const message& in) {
            EXPECT_NE(tx, nullptr);
            return serve(in, does);
        };
        inbox_->transaction([&](inbox_transaction& tx) {
            try {
                tx.savepoint([&] {
                    const auto got = pass(tx, m, now, retention, work);
                    said = std::string(name_of(got.how)) + ": " + to_string(got.answer.outcome) + " " +
                           got.answer.body;
                });
            } catch (const std::runtime_error& e) {
                said = std::string("threw: ") + e.what();
            }
        });
        return said;
    }

    message command = [] {
        message m;
        m.id = "signup-ada~7/open-chat";
        m.source = "engine";
        m.issued = time_point{} + 24h * 365;
        return m;
    }();
    time_point now = command.issued + 1s;
    duration retention = 24h * 30;
    int actions = 0; // that took effect
    int compensations = 0;

  private:
    inbox_answer serve(const message& in, const std::string& does) {
        if (does == "throws") throw std::runtime_error("deadlock");
        if (does == "rejects") return {reply_outcome::rejected, R"({"reason":"no"})"};
        int& count = in.kind == message_kind::compensation ? compensations : actions;
        return {reply_outcome::success, std::to_string(++count)};
    }
    std::shared_ptr<inbox> inbox_ = memory::make_inbox();
};

struct line {
    const char* comes;
    const char* answer;
};

void play(world& w, const std::vector<line>& transcript) {
    for (std::size_t i = 0; i < transcript.size(); ++i)
        EXPECT_EQ(w.arrive(transcript[i].comes), transcript[i].answer)
            << "line " << i << ": " << transcript[i].comes;
}

void play(const std::vector<line>& transcript) {
    world w;
    play(w, transcript);
}

TEST(barrier, B1_repeats_the_stored_answer_without_running_the_handler) {
    play({{"action", "handled: success 1"},
          {"action", "repeated: success 1"},
          {"compensation", "handled: success 1"},
          {"compensation", "repeated: success 1"},
          {"action", "repeated: success 1"}});
}

TEST(barrier, B1_keeps_commands_of_other_sources_and_other_births_apart) {
    world w;
    EXPECT_EQ(w.arrive("action"), "handled: success 1");
    w.command.source = "another engine";
    EXPECT_EQ(w.arrive("action"), "handled: success 2");
    w.command.id = "signup-ada~8/open-chat";
    EXPECT_EQ(w.arrive("action"), "handled: success 3");
}

TEST(barrier, B1_keeps_every_number_of_a_command_apart) {
    play({{"action rejects", R"(handled: rejected {"reason":"no"})"},
          {"action/2", "handled: success 1"},
          {"action", R"(repeated: rejected {"reason":"no"})"},
          {"action/2", "repeated: success 1"}});
}

TEST(barrier, B1_handles_an_id_of_another_make_once) {
    world w;
    auto m = w.command;
    m.id = "order 66";
    EXPECT_EQ(w.arrive(m), "handled: success 1");
    EXPECT_EQ(w.arrive(m), "repeated: success 1");
    m.id = "undo order 66";
    m.kind = message_kind::compensation;
    EXPECT_EQ(w.arrive(m), "handled: success 1");
    EXPECT_EQ(w.arrive(m), "repeated: success 1");
}

TEST(barrier, B2_a_compensation_whose_action_never_arrived_does_not_run) {
    play({{"compensation", "null: success {}"}, {"compensation", "repeated: success {}"}});
}

TEST(barrier, B2_a_compensation_of_a_rejected_action_does_not_run) {
    play({{"action rejects", R"(handled: rejected {"reason":"no"})"}, {"compensation", "null: success {}"}});
}

TEST(barrier, B2_a_compensation_of_an_action_that_threw_does_not_run) {
    play({{"action throws", "threw: deadlock"}, {"compensation", "null: success {}"}});
}

TEST(barrier, B2_a_compensation_runs_if_any_number_of_the_action_succeeded) {
    play({{"action rejects", R"(handled: rejected {"reason":"no"})"},
          {"action/2 rejects", R"(handled: rejected {"reason":"no"})"},
          {"action/3", "handled: success 1"},
          {"compensation", "handled: success 1"}});
}

TEST(barrier, B3_an_action_after_its_compensation_is_answered_rejected_compensated) {
    play({{"compensation", "null: success {}"},
          {"action", R"(compensated: rejected {"reason":"compensated"})"},
          {"action", R"(repeated: rejected {"reason":"compensated"})"},
          {"compensation", "repeated: success {}"}});
}

TEST(barrier, B3_looks_at_every_number_of_both) {
    play({{"action rejects", R"(handled: rejected {"reason":"no"})"},
          {"compensation", "null: success {}"},
          {"action/2", R"(compensated: rejected {"reason":"compensated"})"},
          {"compensation/2", "null: success {}"},
          {"action/3", R"(compensated: rejected {"reason":"compensated"})"}});
}

TEST(barrier, B3_an_action_that_threw_and_comes_again_after_its_compensation_does_not_run) {
    play({{"action throws", "threw: deadlock"},
          {"compensation", "null: success {}"},
          {"action", R"(compensated: rejected {"reason":"compensated"})"}});
}

TEST(barrier, B3_a_compensation_that_threw_marks_nothing) {
    play({{"action", "handled: success 1"},
          {"compensation throws", "threw: deadlock"},
          {"action", "repeated: success 1"},
          {"compensation", "handled: success 1"}});
}

TEST(barrier, B4_nothing_is_stored_of_a_command_whose_handler_threw) {
    play({{"action throws", "threw: deadlock"},
          {"action throws", "threw: deadlock"},
          {"action", "handled: success 1"},
          {"action throws", "repeated: success 1"}});
}

TEST(barrier, B5_a_rejection_is_stored_and_repeated) {
    play({{"action rejects", R"(handled: rejected {"reason":"no"})"},
          {"action", R"(repeated: rejected {"reason":"no"})"}});
}

TEST(barrier, B5_a_rejected_compensation_is_repeated_and_its_next_number_runs) {
    play({{"action", "handled: success 1"},
          {"compensation rejects", R"(handled: rejected {"reason":"no"})"},
          {"compensation", R"(repeated: rejected {"reason":"no"})"},
          {"compensation/2", "handled: success 1"}});
}

TEST(barrier, B8_a_command_older_than_the_inbox_remembers_is_answered_unknown) {
    world w;
    w.now = w.command.issued + w.retention;
    play(w, {{"action", "too old: unknown {}"}, {"compensation", "too old: unknown {}"}});
    w.now -= 1ms;
    play(w, {{"compensation", "null: success {}"}});
}

TEST(barrier,
     B8_a_compensation_whose_action_may_have_been_forgotten_is_answered_unknown_and_not_called_null) {
    world w;
    w.command.started = w.now - w.retention;
    play(w, {{"compensation", "too old: unknown {}"}});
    world found;
    found.command.started = found.now - found.retention;
    play(found, {{"action", "handled: success 1"}, {"compensation", "handled: success 1"}});
    world young;
    young.command.started = young.now - young.retention + 1ms;
    play(young, {{"compensation", "null: success {}"}});
}

TEST(barrier, B8_a_command_that_does_not_say_when_it_was_issued_is_handled) {
    world w;
    w.command.issued = {};
    play(w, {{"action", "handled: success 1"}});
}

// What must hold whatever comes in whatever order.
void check_order(const std::vector<std::string>& arrivals) {
    world w;
    std::string all;
    bool compensation_answered = false;
    for (const auto& what : arrivals) {
        const int actions = w.actions;
        const int compensations = w.compensations;
        const auto said = w.arrive(what);
        all += what + " -> " + said + "\n";
        EXPECT_LE(w.actions, 1) << all;
        EXPECT_LE(w.compensations, w.actions) << "it compensated what never was\n" << all;
        if (compensation_answered) {
            EXPECT_EQ(w.actions, actions) << "it acted after its compensation\n" << all;
            EXPECT_EQ(w.compensations, compensations) << all;
        }
        if (what.starts_with("compensation") && said.find("success") != std::string::npos) {
            compensation_answered = true;
            EXPECT_EQ(w.actions, w.compensations) << "it says compensated and is not\n" << all;
        }
    }
}

TEST(barrier, B1_B2_B3_hold_in_every_order_of_arrivals) {
    const std::vector<std::string> actions = {"action", "action rejects", "action throws"};
    const std::vector<std::string> compensations = {"compensation", "compensation rejects",
                                                    "compensation throws"};
    for (const auto& a : actions) {
        for (const auto& b : actions) {
            for (const auto& c : compensations) {
                std::vector<std::string> arrivals = {a, b, c, "compensation"};
                std::sort(arrivals.begin(), arrivals.end());
                do {
                    check_order(arrivals);
                } while (std::next_permutation(arrivals.begin(), arrivals.end()));
            }
        }
    }
}

} // namespace
} // namespace sagaflow::core
