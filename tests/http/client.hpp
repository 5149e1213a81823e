// A client that sends exactly what a test says, and shows exactly what came back.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace http_test {

struct reply {
    int status = 0;
    std::map<std::string, std::string> headers; // names in lower case
    std::string body;                           // unframed
};

// Every wait ends with an exception after ten seconds, which fails the test.
class client {
  public:
    explicit client(std::uint16_t port, int receive_buffer = 0);
    ~client();
    client(client&& other) noexcept;
    client& operator=(client&&) = delete;

    void send(std::string_view bytes);
    // As much as the server takes; false if it stopped taking. For what may be refused in mid-flight.
    bool try_send(std::string_view bytes);
    void end_sending(); // our end of the connection; the other stays open
    void reset();       // leaves as a crashed client does
    void leave();

    reply read_reply(bool has_body = true);
    std::string read_until(std::string_view mark); // up to and with it
    std::string read_all();                        // until the server closes
    bool is_closed_by_server();                    // waits for it; false if bytes come instead

  private:
    bool fill();
    int socket_ = -1;
    std::string read_;
};

std::string get(std::string_view path, std::string_view more_headers = {});
std::string post(std::string_view path, std::string_view body, std::string_view more_headers = {});

// What is in a chunked body.
std::string unchunked(std::string_view body);

} // namespace http_test
