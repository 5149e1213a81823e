// The user service's own steps of the sagas.
#pragma once

namespace sagaflow {
class participant;
}

namespace signup {

// Its inbox must be the user database.
void serve_user_steps(sagaflow::participant& service);

} // namespace signup
