#include "base/bus.hpp"

#include <sagaflow/error.hpp>
#include <sagaflow/log.hpp>
#include <sagaflow/memory.hpp>
#include <sagaflow/transport.hpp>

#include <string>
#include <utility>

namespace signup {

namespace {

[[noreturn, maybe_unused]] void built_without(const char* what) {
    throw sagaflow::error(sagaflow::errc::invalid_argument,
                          std::string("this program was built without ") + what +
                              ": install what scripts/install_dependencies lists, and build it again");
}

#ifdef SIGNUP_HAVE_KAFKA
sagaflow::kafka::transport_options kafka_options(const bus_options& o) {
    auto k = o.kafka;
    for (const auto& p : o.kafka_properties) k.properties.push_back({p.name, p.value});
    return k;
}

bool is_property(const bus_options& o, const std::string& name) {
    for (const auto& p : o.kafka_properties)
        if (p.name == name) return true;
    return false;
}

void check_kafka(const bus_options& o, const sagaflow::config::settings::refuse& refuse) {
    for (const auto& wrong : check(kafka_options(o))) {
        const bool own = is_property(o, wrong.name);
        refuse(std::string("transport.kafka.") + (own ? "properties." : "") + wrong.name, wrong.what);
    }
}

std::shared_ptr<sagaflow::transport> make_kafka(const bus_options& o, const bus_parts& with) {
    auto k = kafka_options(o);
    k.envelope = with.envelope;
    k.log = with.log.get();
    return sagaflow::kafka::make_transport(std::move(k));
}
#else
void check_kafka(const bus_options&, const sagaflow::config::settings::refuse&) {}

std::shared_ptr<sagaflow::transport> make_kafka(const bus_options&, const bus_parts&) {
    built_without("sagaflow::kafka");
}
#endif

#ifdef SIGNUP_HAVE_AMQP
void check_amqp(const bus_options& o, const sagaflow::config::settings::refuse& refuse) {
    for (const auto& wrong : check(o.amqp)) refuse("transport.amqp." + wrong.name, wrong.what);
}

std::shared_ptr<sagaflow::transport> make_amqp(const bus_options& o, const bus_parts& with) {
    auto a = o.amqp;
    a.envelope = with.envelope;
    return sagaflow::amqp::make_transport(std::move(a));
}
#else
void check_amqp(const bus_options&, const sagaflow::config::settings::refuse&) {}

std::shared_ptr<sagaflow::transport> make_amqp(const bus_options&, const bus_parts&) {
    built_without("sagaflow::amqp");
}
#endif

} // namespace

void check_bus(const bus_options& o, const sagaflow::config::settings::refuse& refuse) {
    if (o.kind == bus_kind::kafka) check_kafka(o, refuse);
    if (o.kind == bus_kind::amqp) check_amqp(o, refuse);
}

std::shared_ptr<sagaflow::transport> make_bus(const bus_options& o, const bus_parts& with) {
    switch (o.kind) {
        case bus_kind::kafka:
            return make_kafka(o, with);
        case bus_kind::amqp:
            return make_amqp(o, with);
        case bus_kind::memory:
            break;
    }
    return sagaflow::memory::make_transport();
}

} // namespace signup
