#include "http/output.hpp"

#include "http/chunk.hpp"

#include <algorithm>

namespace sagaflow::http {

std::string_view output::view_of(const channel::piece& p) const noexcept {
    return unwrap_ ? chunk_content(*p) : std::string_view(*p);
}

std::size_t output::gather(std::span<std::string_view> views) {
    std::size_t filled = 0;
    if (!text_.empty()) views[filled++] = std::string_view(text_).substr(text_sent_);
    std::size_t skip = piece_sent_;
    for (const auto& p : pieces_) {
        if (filled == views.size()) break;
        const auto rest = view_of(p).substr(std::exchange(skip, 0));
        if (!rest.empty()) views[filled++] = rest;
    }
    return filled;
}

void output::consume(std::size_t bytes) {
    if (!text_.empty()) {
        const std::size_t part = std::min(bytes, text_.size() - text_sent_);
        text_sent_ += part;
        bytes -= part;
        if (text_sent_ < text_.size()) return;
        std::string().swap(text_); // gives the memory back: a stream may live for days after its head
        text_sent_ = 0;
    }
    std::size_t done = 0;
    piece_sent_ += bytes;
    while (done < pieces_.size() && piece_sent_ >= view_of(pieces_[done]).size()) {
        piece_sent_ -= view_of(pieces_[done++]).size();
    }
    pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(done));
    constexpr std::size_t worth_keeping = 8;
    if (pieces_.empty() && pieces_.capacity() > worth_keeping) pieces_.shrink_to_fit();
}

std::size_t output::bytes_left() const noexcept {
    std::size_t sum = text_.size() - text_sent_;
    for (const auto& p : pieces_) sum += p->size();
    return sum - std::min(sum, piece_sent_);
}

} // namespace sagaflow::http
