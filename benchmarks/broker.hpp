// A broker of our own on this machine, and a second process of this program that talks to it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace bench {

// A process whose standard input and output are ours. Ends when its input closes.
class child {
  public:
    explicit child(const std::vector<std::string>& command);
    ~child();
    child(const child&) = delete;
    child& operator=(const child&) = delete;

    // The lines of its output up to one that is `last`. Throws if it ends before.
    std::vector<std::string> read_until(const std::string& last);

  private:
    pid_t pid_ = -1;
    int input_ = -1;
    int output_ = -1;
    std::string buffer_;
};

class broker {
  public:
    // kind: as ./services calls it. Its data is in `folder`, on a real disk.
    broker(const std::string& kind, const std::filesystem::path& folder);
    const std::string& address() const { return address_; }

  private:
    child process_;
    std::string address_;
};

} // namespace bench
