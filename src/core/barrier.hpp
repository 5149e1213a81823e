// The participant's barrier: what becomes of a command that came (B1, B2, B3, B5, B8), decided on what the
// inbox remembers of it. Pure: time comes in; all writes go through the transaction.
#pragma once

#include <sagaflow/inbox.hpp>

#include <cstdint>
#include <functional>

namespace sagaflow::core {

enum class passage : std::uint8_t {
    handled,           // the handler ran
    repeated,          // answered as before (B1, B5)
    null_compensation, // there was nothing to compensate (B2)
    compensated,       // an action that came after its compensation (B3)
    too_old            // older than the inbox remembers (B8)
};

struct passed {
    passage how;
    inbox_answer answer;
};

using barrier_handler = std::function<inbox_answer(inbox_transaction*, const message&)>;

// To be called inside tx.savepoint(): throws what the handler or the inbox throws, after which the savepoint
// has to be undone. A command that does not say when it was issued is not too old.
passed pass(inbox_transaction& tx, const message& command, time_point now, duration retention,
            const barrier_handler& handler);

} // namespace sagaflow::core
