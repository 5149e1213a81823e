// The framing of a body that is sent in pieces (Transfer-Encoding: chunked).
#pragma once

#include <string>
#include <string_view>

namespace sagaflow::http {

// Empty text makes the last chunk, which ends the body.
std::string as_chunk(std::string_view text);

// The text in a chunk that as_chunk made.
std::string_view chunk_content(std::string_view chunk) noexcept;

} // namespace sagaflow::http
