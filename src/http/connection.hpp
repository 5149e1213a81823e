#pragma once

#include "http/channel.hpp"
#include "http/loop.hpp"
#include "http/output.hpp"
#include "http/request_reader.hpp"
#include "http/timer_wheel.hpp"
#include "http/wire.hpp"

#include <cstddef>
#include <memory>
#include <string>

namespace sagaflow::http {

// One client's connection: reads a request, has it answered, and so on; or streams. On its loop's
// thread only.
//
// Nothing is read while an answer is due, so a client that sends more waits. While nothing comes
// in, a connection holds no buffer: it waits for the socket and reads into the loop's.
class connection final : public timer_entry, public std::enable_shared_from_this<connection> {
  public:
    connection(loop& l, socket_type socket);

    void start();
    void start_refusing(); // answer 503, whatever it asks
    void finish();         // the server stops: end in order
    void close();          // now, whatever is on its way
    void on_mail();        // the channel has something
    void expired() override;

  private:
    enum class phase {
        reading,   // a request, or waiting for one
        handling,  // somebody has the exchange
        answering, // the answer is being written
        streaming, // events, until the end of the body
        draining,  // all is written; what comes in is thrown away until the client closes too
        closed
    };

    enum class outcome { all, some, failed };

    void await_readable();
    void on_readable();
    void on_bytes(std::string_view bytes);
    void on_end_of_input();
    void read_request(std::string_view bytes);
    void refuse_request(problem why); // by value: the reader, which it may come from, goes
    void dispatch();
    void next_request();

    void answer(const response& r);
    void start_stream(const stream_options& options);
    void take_stream_mail(const channel::mail& mail);
    void end_body();
    void cut_off();
    void flush();
    outcome write_out();
    void await_writable();
    void on_flushed();
    void start_draining();
    void set_deadline(std::chrono::milliseconds from_now);
    void leave_channel();

    loop& loop_;
    socket_type socket_;
    phase phase_ = phase::reading;
    bool waits_readable_ = false;
    bool waits_writable_ = false;
    bool body_ended_ = false; // streaming: nothing will follow what is queued
    framing framing_;
    std::unique_ptr<request_reader> reader_; // only while a request is being read
    std::string unread_;                     // what came after the request
    std::shared_ptr<channel> channel_;       // of the request that is being answered

    output output_;
    std::size_t ignored_bytes_ = 0;
    std::chrono::milliseconds heartbeat_{};
    clock::time_point next_heartbeat_{};
};

} // namespace sagaflow::http
