// CloudEvents in structured mode: the event is one JSON document.
#pragma once

#include "attributes.hpp"

namespace sagaflow::wire {

// Gives the reader the document's attributes; the event's data, as it stands in the text.
std::string read_structured(std::string_view document, attribute_reader& into);

} // namespace sagaflow::wire
