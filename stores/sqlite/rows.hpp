// The columns of the tables, in one place: what is bound to an insert and read from a select, in this order.
#pragma once

#include "connection.hpp"

#include <sagaflow/store.hpp>

namespace sagaflow::sqlite {

inline std::int64_t to_integer(time_point t) noexcept {
    return t.time_since_epoch().count();
}
inline time_point to_time(std::int64_t milliseconds) noexcept {
    return time_point(duration(milliseconds));
}

inline constexpr const char* saga_columns =
    "birth, id, saga_type, version, state, input_hash, started, finished, last_event, record";
inline constexpr const char* saga_columns_without_record =
    "birth, id, saga_type, version, state, input_hash, started, finished, last_event, ''";

void bind_saga(statement& s, const saga_row& row);
saga_row read_saga(const statement& s);

// Over a select of: seq, birth, previous, at, kind, state, details, status, id, saga_type.
event read_event(const statement& s);

} // namespace sagaflow::sqlite
