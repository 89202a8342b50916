#pragma once
#include <filesystem>
#include <tl/expected.hpp>

#include "drivers/api/secret.hpp"

namespace api {

// Files that hold secrets or must survive a power cut. An error is a text for people that names the file.
enum class IfExists { refuse, replace };

// Writes the whole file or leaves what was there; it is on the disk when this returns. A hidden file beside
// it
// (".NAME.new") carries the bytes until then, closed to everybody else.
tl::expected<void, std::string> write_durably(const std::filesystem::path& path, BytesView bytes,
                                              IfExists if_exists, unsigned mode = 0600);

// Reads a file that holds a secret. Refused: one that is larger than `limit`, belongs to somebody other than
// this user or root, or that others may read or write; except that a file in $CREDENTIALS_DIRECTORY is
// guarded by systemd, which shows its access list as group permission.
tl::expected<Secret, std::string> read_secret_file(const std::filesystem::path& path,
                                                   std::size_t limit = 64 * 1024);

}  // namespace api
