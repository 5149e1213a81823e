// What find, list and explain tell (R19), made from the stored row or the live record.
#pragma once

#include "core/machine.hpp"

#include <sagaflow/report.hpp>

#include <functional>
#include <string>

namespace sagaflow::core {

// From the row alone; with_details also reads the record. Throws sagaflow::error(corrupt) if that can't be
// read.
saga_report report_of(const saga_row& row, bool with_details);

explanation explain(const plan& definition, const saga_record& r,
                    const std::function<std::string(const std::string& command_type)>& address_of,
                    time_point now);

} // namespace sagaflow::core
