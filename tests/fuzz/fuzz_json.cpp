// The codec of described types, with any text. Whatever it holds: no crash, no hang; it is refused with a
// message, or what was read writes a text that reads as the same.
#include <sagaflow/json.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

namespace fuzz {

enum class colour { red, dark_blue };
BOOST_DESCRIBE_ENUM(colour, red, dark_blue)

struct address {
    std::string street;
    std::uint16_t number = 0;
};
BOOST_DESCRIBE_STRUCT(address, (), (street, number))

struct order {
    std::string id = "none";
    bool paid = true;
    std::int8_t small = 1;
    std::int64_t big = 2;
    std::uint64_t huge = 3;
    double price = 0.5;
    colour paint = colour::dark_blue;
    std::optional<address> home = address{"s", 1};
    std::vector<address> stops;
    std::vector<std::optional<bool>> flags;
    std::map<std::string, std::vector<int>> counts;
    sagaflow::duration wait{};
    sagaflow::time_point at{};
};
BOOST_DESCRIBE_STRUCT(order, (),
                      (id, paid, small, big, huge, price, paint, home, stops, flags, counts, wait, at))

} // namespace fuzz

template <>
inline constexpr auto sagaflow::optional_members<fuzz::order> = sagaflow::members("id", "paid", "small",
                                                                                  "big", "huge", "price",
                                                                                  "paint", "stops", "flags",
                                                                                  "counts", "wait", "at");

namespace {

using codec = sagaflow::codec<fuzz::order>;

void require(bool holds, const char* what, std::string_view about) {
    if (holds) return;
    std::cerr << what << ": " << about << std::endl;
    std::abort();
}

std::string encode(const fuzz::order& value) {
    std::string out;
    codec::encode(value, out);
    return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    std::string once;
    try {
        once = encode(codec::decode(input));
    } catch (const sagaflow::error& e) {
        require(e.code() == sagaflow::errc::invalid_argument, "refused for another reason", e.what());
        require(e.what()[0] != '\0', "refused without a message", input);
        return 0;
    }
    try {
        require(encode(codec::decode(once)) == once, "what was written reads as something else", once);
    } catch (const sagaflow::error& e) {
        require(false, e.what(), once);
    }
    return 0;
}
