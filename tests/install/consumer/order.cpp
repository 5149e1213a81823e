// An order that reserves stock and takes a payment; the payment is declined, so the stock is released again.
#include <sagaflow/json.hpp>
#include <sagaflow/sagaflow.hpp>
#include <sagaflow/sqlite.hpp>

#include <iostream>
#include <string>

struct release {
    static constexpr std::string_view type = "shop.release";
    using reply = sagaflow::nothing;
    std::string item;
};
struct reserve {
    static constexpr std::string_view type = "shop.reserve";
    using reply = sagaflow::nothing;
    std::string item;
};
struct pay {
    static constexpr std::string_view type = "shop.pay";
    using reply = sagaflow::nothing;
    int cents = 0;
};
struct order {
    std::string item;
    int cents = 0;
};
BOOST_DESCRIBE_STRUCT(release, (), (item))
BOOST_DESCRIBE_STRUCT(reserve, (), (item))
BOOST_DESCRIBE_STRUCT(pay, (), (cents))
BOOST_DESCRIBE_STRUCT(order, (), (item, cents))

int main(int, char** argv) {
    const sagaflow::step<order, reserve> reserve_stock = {
        .name = "reserve-stock",
        .send = [](const order& o) { return reserve{o.item}; },
        .compensate = [](const order& o) { return release{o.item}; },
    };
    const sagaflow::pivot<order, pay> take_payment = {
        .name = "take-payment",
        .send = [](const order& o) { return pay{o.cents}; },
    };
    auto bus = sagaflow::memory::make_transport();
    sagaflow::participant shop{{.name = "shop", .transport = bus}};
    shop.handle<reserve>([](const reserve&) { return sagaflow::nothing{}; });
    shop.handle<release>([](const release&) { return sagaflow::nothing{}; });
    shop.handle<pay>([](const pay&) { return sagaflow::reject("declined"); });
    shop.start();

    auto store = sagaflow::sqlite::open({.path = argv[1]});
    sagaflow::engine engine{{.name = "orders", .store = store, .transports = {bus}}};
    auto orders = engine.host<order>(
        {.name = "order", .version = 1, .stages = sagaflow::stages(reserve_stock, take_payment)});
    engine.start();
    orders.start("order-1", {.item = "lamp", .cents = 4900}).value();
    for (const auto& event : engine.watch("order-1")) std::cout << to_string(event.kind) << '\n';
}
