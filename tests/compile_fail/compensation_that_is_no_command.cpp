// A compensation is a command to a participant.
// expect: \.compensate returns a command
#include "shop.hpp"

#ifdef CONTROL
const sagaflow::compensation<order> undo = [](const order&) { return release{}; };
#else
const sagaflow::compensation<order> undo = [](const order&) { return undescribed{}; };
#endif
