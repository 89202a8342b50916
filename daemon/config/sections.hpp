#pragma once
#include "daemon/config/keys.hpp"

namespace config {

// What has been read so far; products get their certificates when all profiles are known.
struct Draft {
  Configuration configuration;
  std::map<std::string, ProductSection> products;
};

// A section of station.toml: [name], or any number of [name.NAME].
struct Section {
  std::string_view name;
  bool named;
  std::string_view text;  // for people
  void (*read)(Reader& reader, const toml::table& table, const std::string& title, const std::string& name,
               Draft& draft);
  std::string (*keys)();
};

std::span<const Section> sections();

// Reads every section of the file; reports what is no section.
void read_sections(Reader& reader, Draft& draft);

// Reads the roles file.
void read_roles(Reader& reader, Configuration& configuration);

// What only several values together, or the files they name, can get wrong. Fills in the certificates of the
// products.
void check_together(Reader& reader, Draft& draft, Files made);

// Whoever writes the roles file is master of the station: it is root's or this user's alone. False: reported.
bool check_roles_file(Reader& reader, const std::filesystem::path& path);

}  // namespace config
