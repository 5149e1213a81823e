#include "web/demo_client.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace signup {

namespace {

constexpr auto patience = std::chrono::seconds(3);

// Posts a body; throws unless the answer is a 2xx.
void post(const std::string& where, const std::string& path, const boost::json::object& content) {
    const auto body = boost::json::serialize(content);
    const auto colon = where.rfind(':');
    boost::asio::ip::tcp::iostream with;
    with.expires_after(patience);
    with.connect(where.substr(0, colon), where.substr(colon + 1));
    with << "POST " << path << " HTTP/1.1\r\nHost: " << where << "\r\nContent-Type: application/json\r\n"
         << "Content-Length: " << body.size() << "\r\nConnection: close\r\n\r\n"
         << body << std::flush;
    std::string version;
    int status = 0;
    if (!(with >> version >> status))
        throw std::runtime_error(where + " does not answer (" + with.error().message() + "): is it running?");
    if (status / 100 != 2) throw std::runtime_error(where + " answered " + std::to_string(status));
}

} // namespace

demo_client::demo_client(std::string service, std::vector<std::string> instances)
    : service_(std::move(service)), instances_(std::move(instances)) {}

void demo_client::require_instances() const {
    if (instances_.empty())
        throw std::runtime_error("nobody told where " + service_ + " is: set " + service_ + ".instances");
}

void demo_client::put_user(const std::string& user_id) {
    require_instances();
    post(instances_.front(), "/demo/users", {{"service", service_}, {"userId", user_id}});
}

void demo_client::set_fault(const fault& f) {
    require_instances();
    for (const auto& instance : instances_) {
        post(instance, "/demo/faults",
             {{"service", service_}, {"delayMs", f.delay.count()}, {"deaf", f.deaf}});
    }
}

} // namespace signup
