#pragma once

#include <sagaflow/http.hpp>

#include <memory>
#include <string_view>

namespace sagaflow::http {

// Makes one request out of the bytes of a connection. No I/O: whoever reads the bytes feeds them,
// in pieces of any size, with the same outcome. Holds at most about limits.header_bytes +
// limits.body_bytes.
class request_reader {
  public:
    enum class progress {
        wants_more,
        wants_continue, // the client waits for "100 Continue" before it sends the body; feed on
                        // after that
        complete,
        failed // see failure(); nothing that follows can be understood
    };

    explicit request_reader(const limits& bounds);
    ~request_reader();
    request_reader(request_reader&&) noexcept;
    request_reader& operator=(request_reader&&) noexcept;

    // Takes what belongs to this request off the front of `bytes`.
    progress feed(std::string_view& bytes);

    bool has_started() const noexcept;      // a byte of the request was seen
    bool has_headers() const noexcept;      // its headers were read and are sound
    bool is_http_1_0() const noexcept;      // once it has headers
    bool wants_keep_alive() const noexcept; // once it has headers

    const problem& failure() const noexcept;

    // Once, when complete.
    request take();

  private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace sagaflow::http
