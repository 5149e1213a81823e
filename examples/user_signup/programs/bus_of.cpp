#include "programs/bus_of.hpp"

#include "base/bus.hpp"
#include "saga/contract.hpp"
#include "saga/status.hpp"
#include "wire/one_request.hpp"
#include "wire/plain.hpp"

#include <utility>

namespace signup {

std::shared_ptr<const sagaflow::wire::envelope> envelope_of(const program_options& o, role of) {
    if (o.wire == wire_format::cloudevents) return nullptr;
    plain_options p{.reply_to = o.replies_topic};
    if (of == role::chat) {
        p.service_name = o.chat.service_name;
        p.insert_type = chat::add::type;
        p.delete_type = chat::remove::type;
    } else if (of == role::customer) {
        p.service_name = o.customer.service_name;
        p.insert_type = customer::add::type;
        p.delete_type = customer::remove::type;
    } else {
        p.step_of_service = {{o.chat.service_name, std::string(in_chat)},
                             {o.customer.service_name, std::string(in_customer)}};
    }
    return make_plain_envelope(std::move(p));
}

std::shared_ptr<sagaflow::transport> bus_of(const program_options& o, role of,
                                            const std::shared_ptr<sagaflow::log_sink>& log) {
    const auto envelope = envelope_of(o, of);
    auto bus = make_bus(o.bus, {envelope, log});
    // Over AMQP each service gets what has its routing keys: there the two requests are one each.
    const bool shared = o.bus.kind == bus_kind::kafka && o.chat_topic() == o.customer_topic();
    return envelope && shared ? make_one_request(std::move(bus), envelope) : bus;
}

} // namespace signup
