// The options of one benchmark: names with a default, whole numbers all of them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

struct option {
    std::string_view name;
    std::uint64_t value;
};

class arguments {
  public:
    // Takes `--name value` pairs over the defaults. Throws std::invalid_argument with a message for
    // the user.
    arguments(std::vector<option> defaults, std::span<const std::string_view> given);

    [[nodiscard]] std::uint64_t operator[](std::string_view name) const;

  private:
    std::vector<option> options_;
};

} // namespace bench
