#include "copy/copying_service.hpp"

#include "copy/members.hpp"

#include <sagaflow/sqlite.hpp>

namespace signup {

copying_service::copying_service(const copying_service_options& o,
                                 const std::shared_ptr<sagaflow::transport>& bus,
                                 const std::shared_ptr<sagaflow::log_sink>& log)
    : users_(o.database, members_schema),
      reads_({.name = o.group,
              .transport = make_faulty(bus, faults_),
              .inbox = sagaflow::sqlite::open_inbox({.path = o.database}),
              .addresses = {o.topic},
              .on_unreadable = sagaflow::unreadable::skip,
              .log = log}) {
    o.serve(reads_);
}

void copying_service::put_user(const std::string& user_id) {
    users_.change([&](sqlite3* db) { return plant_member(db, user_id), true; });
}

} // namespace signup
