#include "trip.hpp"

#include <sagaflow/testing.hpp>

#include <iostream>

int main() {
    // [test]
    const auto wrong = sagaflow::testing::check(book_trip(), {.guest = "ada", .price = 45'000}, R"(
        start            -> started room=sent flight=sent; status {"phase":"running","room":"","seat":""};
                            send room {"guest":"ada"}; send flight {"guest":"ada"}
        reply room {"room":"7"}   -> progressed room=done; status {"phase":"running","room":"7","seat":""}
        reject flight full        -> compensating flight=rejected room=compensating;
                                     status {"phase":"compensating","room":"7","seat":""};
                                     send room/compensation {"guest":"ada"}
        reply room/compensation   -> compensated room=compensated;
                                     status {"phase":"compensated","room":"7","seat":""}
    )");
    // [/test]
    if (!wrong.empty()) std::cout << wrong << "\n";
    return wrong.empty() ? 0 : 1;
}
