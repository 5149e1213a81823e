// The front page of the user sign-up, as files in the program.
#pragma once

#include <span>
#include <string_view>

namespace signup {

struct embedded_file {
    std::string_view path; // what a browser asks for: "/", "/page.css", …
    std::string_view content_type;
    std::string_view body;
};

// Every file of the page. Lives as long as the program; any thread.
std::span<const embedded_file> page_files();

} // namespace signup
