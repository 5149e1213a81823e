#include "rows.hpp"

namespace sagaflow::sqlite {

void bind_saga(statement& s, const saga_row& row) {
    s.bind(1, row.birth).bind(2, row.id).bind(3, row.saga_type).bind(4, row.version);
    s.bind(5, static_cast<int>(row.state)).bind(6, row.input_hash).bind(7, to_integer(row.started));
    if (row.finished)
        s.bind(8, to_integer(*row.finished));
    else
        s.bind_null(8);
    s.bind(9, row.last_event).bind(10, row.record);
}

saga_row read_saga(const statement& s) {
    saga_row row;
    row.birth = s.number(0);
    row.id = s.text(1);
    row.saga_type = s.text(2);
    row.version = static_cast<int>(s.integer(3));
    row.state = static_cast<saga_state>(s.integer(4));
    row.input_hash = s.number(5);
    row.started = to_time(s.integer(6));
    if (!s.is_null(7)) row.finished = to_time(s.integer(7));
    row.last_event = s.number(8);
    row.record = s.text(9);
    return row;
}

event read_event(const statement& s) {
    event e;
    e.seq = s.number(0);
    e.birth = s.number(1);
    e.previous = s.number(2);
    e.at = to_time(s.integer(3));
    e.kind = static_cast<event_kind>(s.integer(4));
    e.state = static_cast<saga_state>(s.integer(5));
    e.details = s.text(6);
    e.status = s.text(7);
    e.saga_id = s.text(8);
    e.saga_type = s.text(9);
    return e;
}

} // namespace sagaflow::sqlite
