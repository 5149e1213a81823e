// A TCP link with faults, by a toxiproxy of the test's own (its address is that of its HTTP interface).
#pragma once

#include "own_service.hpp"

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace sagaflow::testing {

class faulty_link {
  public:
    // `name`: of its own, where a toxiproxy has several.
    faulty_link(own_service& proxy, const std::string& upstream, const std::string& listen = "127.0.0.1:0",
                const std::string& name = "link")
        : api_("http://" + proxy.address("toxiproxy")), path_("/proxies/" + name) {
        const auto made = ask("POST", "/proxies",
                              R"({"name":")" + name + R"(","enabled":true,"listen":")" + listen +
                                  R"(","upstream":")" + upstream + "\"}");
        const std::string key = "\"listen\":\"";
        const auto from = made.find(key) + key.size();
        address_ = made.substr(from, made.find('"', from) - from);
    }
    const std::string& address() const { return address_; }

    // The connections end, and none is taken until heal().
    void cut() { ask("POST", path_, R"({"enabled":false})"); }
    // What goes one way ("upstream", "downstream") suffers so: "timeout" {"timeout":0} is a black hole,
    // "bandwidth"
    // {"rate":KB/s}, "latency" {"latency":ms}, "limit_data" {"bytes":n} cuts after so many.
    void toxic(const std::string& kind, const std::string& way, const std::string& attributes) {
        ask("POST", path_ + "/toxics",
            R"({"name":")" + kind + way + R"(","type":")" + kind + R"(","stream":")" + way +
                R"(","attributes":)" + attributes + "}");
    }
    // What is under way goes on, without the fault.
    void heal(const std::string& kind, const std::string& way) {
        ask("DELETE", path_ + "/toxics/" + kind + way, "");
    }
    void heal() { ask("POST", path_, R"({"enabled":true})"); }

  private:
    std::string ask(const std::string& method, const std::string& path, const std::string& body) {
        const std::string command = "curl --noproxy '*' -sS -f -X " + method + " '" + api_ + path +
                                    "' --data '" + body + "' 2>&1 </dev/null";
        std::FILE* const out = ::popen(command.c_str(), "r");
        if (out == nullptr) throw std::runtime_error{"no process for " + command};
        std::string printed;
        std::array<char, 4096> piece{};
        while (std::fgets(piece.data(), static_cast<int>(piece.size()), out) != nullptr)
            printed += piece.data();
        if (::pclose(out) != 0) throw std::runtime_error{command + ": " + printed};
        return printed;
    }

    std::string api_;
    std::string path_;
    std::string address_;
};

} // namespace sagaflow::testing
