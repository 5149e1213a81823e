// What went wrong last between librdkafka and the brokers, in words for people.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include <librdkafka/rdkafka.h>

namespace sagaflow::kafka {

// Any thread.
class trouble {
  public:
    // `noticed` is called after each note; it must not block.
    explicit trouble(std::function<void()> noticed) : noticed_(std::move(noticed)) {}

    void note(rd_kafka_resp_err_t err, const std::string& said);
    // An error of OpenSSL's certificate check, by its number.
    void note_certificate(int x509_error);
    void clear();
    // Empty: nothing since clear().
    std::string text() const;
    // The broker was there, and it was no good: more telling than that it is away.
    bool refused() const;

  private:
    const std::function<void()> noticed_;
    mutable std::mutex mutex_;
    std::string text_;
    bool refused_ = false;
    int x509_error_ = 0;
};

} // namespace sagaflow::kafka
