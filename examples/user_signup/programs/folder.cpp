#include "programs/folder.hpp"

#include <sagaflow/error.hpp>

#include <filesystem>
#include <system_error>

namespace signup {

void prepare_folder(const program_options& o) {
    std::error_code why;
    std::filesystem::create_directories(o.data, why);
    if (!why && !std::filesystem::is_directory(o.data, why))
        why = std::make_error_code(std::errc::not_a_directory);
    if (why) {
        throw sagaflow::error(sagaflow::errc::io, "the data folder " + o.data + " can't be used: " +
                                                      why.message() + "; name another with --data");
    }
}

std::string file_in(const program_options& o, const char* name) {
    return (std::filesystem::path(o.data) / name).string();
}

} // namespace signup
