#pragma once
#include <cstdint>

#include "daemon/store/sqlite.hpp"

namespace store {

inline constexpr std::int32_t application_id = 0x43575254;  // "CWRT", in the file's header (byte 68)

// The version this program writes; the newest that it opens.
std::int64_t newest_schema();

// Refuses what is not ours or newer than this program, without changing it.
void check_origin(Database& database);

// Brings an older or empty database up to this version, each step in a transaction of its own.
void bring_up_to_date(Database& database, std::int64_t end = newest_schema());

}  // namespace store
