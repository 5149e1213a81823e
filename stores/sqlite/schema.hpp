// What is in a store's file, and how an older file becomes a newer one. For people: docs/store_schema.md.
#pragma once

#include <cstdint>
#include <span>

namespace sagaflow::sqlite {

class connection;

inline constexpr std::int32_t application_id = 0x53614761; // "SaGa", in the file's header

// Each takes a file from version i to i + 1 (PRAGMA user_version). Only ever append: files of all versions
// are out there.
using migration = const char*;
std::span<const migration> migrations();

// Refuses a file that isn't a store, or is one of a newer version. Changes nothing.
void check_kind(connection& db, std::span<const migration> steps);

// Brings the file to the newest version, one transaction for each step.
void migrate(connection& db, std::span<const migration> steps);

} // namespace sagaflow::sqlite
