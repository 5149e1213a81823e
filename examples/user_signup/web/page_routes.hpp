// The front page and its files.
#pragma once

#include <sagaflow/http.hpp>

namespace signup {

void add_page_routes(sagaflow::http::server& server);

} // namespace signup
