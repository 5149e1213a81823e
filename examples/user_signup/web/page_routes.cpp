#include "web/page_routes.hpp"

#include "page/page.hpp"

namespace signup {

namespace http = sagaflow::http;

void add_page_routes(http::server& server) {
    for (const auto& file : page_files()) {
        server.route("GET", file.path, [file](const http::request&, http::exchange x) {
            x.respond({.status = 200,
                       .content_type = std::string(file.content_type),
                       .body = std::string(file.body),
                       .headers = {{"Cache-Control", "no-cache"}, {"X-Content-Type-Options", "nosniff"}}});
        });
    }
}

} // namespace signup
