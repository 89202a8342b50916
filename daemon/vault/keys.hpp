#pragma once
#include <filesystem>

#include "drivers/api/card_family.hpp"

namespace vault {

// Reads a key of 32 bytes: raw, or 64 hexadecimal digits with or without a line end. The file must belong to
// this user or to root and be closed to everybody else, unless systemd handed it over as a credential (it
// lies in $CREDENTIALS_DIRECTORY, which guards it and shows an access list as group permission). Throws
// std::runtime_error with a text for the administrator.
api::Secret load_key(const std::filesystem::path& path);

// Makes such a file, raw, mode 0600, from fresh randomness. Never overwrites: throws std::runtime_error.
void create_key(const std::filesystem::path& path);

// The management key of one card: HKDF-SHA-256 (RFC 5869) of the station's master key. `chip` is the chip's
// serial number, or its GUID where it has none. The same arguments always give the same key; a triple DES key
// has odd parity, three different parts and none of the weak ones.
api::Secret management_key(const api::Secret& master, std::string_view family, std::string_view chip,
                           unsigned version, api::ManagementAlgorithm algorithm);

}  // namespace vault
