#pragma once
#include <toml++/toml.h>
#include <span>
#include <string_view>

#include "daemon/config/config.hpp"

namespace config {

// One file that is being read, and everything found wrong in it.
class Reader {
 public:
  // Reads and parses. A file that cannot be read or is no TOML gives an empty table and one problem.
  explicit Reader(std::filesystem::path file);

  const toml::table& root() const { return root_; }
  const std::filesystem::path& file() const { return file_; }
  bool parsed() const { return parsed_; }
  void report(unsigned line, std::string text, std::string advice);
  std::filesystem::path absolute(const std::string& path) const;  // relative ones are relative to the file
  std::vector<Problem> take_problems() &&;                        // in the order of lines

 private:
  void parse(const std::string& content);

  std::filesystem::path file_;
  toml::table root_;
  bool parsed_ = false;
  std::vector<Problem> problems_;
};

// One value, where it stands and what it is called.
struct At {
  Reader& reader;
  std::string_view key;
  const toml::node& node;

  unsigned line() const { return node.source().begin.line; }
  // Reports what is wrong with the value; `form` is what may stand there.
  void refuse(std::string_view what, std::string_view form) const;
  // The value where it has the type and is not empty; else refuses it and gives null.
  const std::string* text(std::string_view form) const;
  const toml::array* list(std::string_view form) const;
};

// Reports a name that means nothing here, with the one that was probably meant.
void report_unknown(Reader& reader, const toml::key& key, std::string_view kind,
                    std::span<const std::string_view> known);

// `; did you mean "x"?`, or all that is known when nothing is near.
std::string instead_of(std::string_view name, std::span<const std::string_view> known);

std::string in_quotes(std::string_view text);

}  // namespace config
