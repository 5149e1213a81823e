#pragma once

#include "http/channel.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sagaflow::http {

// What is on its way out of a connection: text, then pieces that are shared with other connections
// and never copied.
class output {
  public:
    void add(std::string_view text) { text_ += text; }
    void add(channel::piece p) { pieces_.push_back(std::move(p)); }
    std::vector<channel::piece>& pieces() noexcept { return pieces_; } // to add to

    // HTTP/1.0 has no chunks: only what is in them is sent. To be set before the first piece.
    void unwrap_chunks() noexcept { unwrap_ = true; }

    // Fills `views` with what is next; returns how many it filled. None: all is out.
    std::size_t gather(std::span<std::string_view> views);

    // So many of these bytes are out.
    void consume(std::size_t bytes);

    std::size_t bytes_left() const noexcept;

  private:
    std::string_view view_of(const channel::piece& p) const noexcept;

    std::string text_;
    std::size_t text_sent_ = 0;
    std::vector<channel::piece> pieces_;
    std::size_t piece_sent_ = 0; // of the first piece
    bool unwrap_ = false;
};

} // namespace sagaflow::http
