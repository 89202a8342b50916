#include "daemon/config/reader.hpp"

#include <algorithm>
#include <fstream>
#include <numeric>

namespace config {
namespace {

// Levenshtein: how many characters have to be changed, added or removed.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const auto replaced = diagonal + (from[i - 1] != to[j - 1]);
      diagonal = std::exchange(row[j], std::min({replaced, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row.back();
}

std::string_view article_and_type(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::none: return "nothing";
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "a list";
    case toml::node_type::string: return "a text";
    case toml::node_type::integer: return "a whole number";
    case toml::node_type::floating_point: return "a fraction";
    case toml::node_type::boolean: return "true or false";
    case toml::node_type::date: return "a date";
    case toml::node_type::time: return "a time";
    case toml::node_type::date_time: return "a date and time";
  }
  return "something else";
}

}  // namespace

std::string Problem::message() const {
  return file.string() + ":" + (line ? std::to_string(line) + ":" : "") + " " + text + "; " + advice;
}

std::string in_quotes(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

Reader::Reader(std::filesystem::path file) : file_(std::filesystem::absolute(file).lexically_normal()) {
  std::error_code error;
  std::ifstream stream(file_, std::ios::binary);
  if (std::filesystem::is_regular_file(file_, error) && stream)
    parse({std::istreambuf_iterator<char>(stream), {}});
  else
    report(0, "the file cannot be read", "put it there, readable for the daemon");
}

void Reader::parse(const std::string& content) {
  try {
    root_ = toml::parse(content);
    parsed_ = true;
  } catch (const toml::parse_error& error) {
    report(error.source().begin.line, std::string(error.description()),
           "see https://toml.io/en/v1.0.0 for what may stand there");
  }
}

void Reader::report(unsigned line, std::string text, std::string advice) {
  problems_.push_back({file_, line, std::move(text), std::move(advice)});
}

std::filesystem::path Reader::absolute(const std::string& path) const {
  return (file_.parent_path() / path).lexically_normal();
}

std::vector<Problem> Reader::take_problems() && {
  std::ranges::stable_sort(problems_, {}, &Problem::line);
  return std::move(problems_);
}

void At::refuse(std::string_view what, std::string_view form) const {
  reader.report(line(), std::string(key) + " " + std::string(what),
                "write " + std::string(key) + " = " + std::string(form));
}

const std::string* At::text(std::string_view form) const {
  const auto* value = node.as_string();
  if (!value)
    refuse("is " + std::string(article_and_type(node)), form);
  else if (value->get().empty())
    refuse("is empty", form);
  else
    return &value->get();
  return nullptr;
}

const toml::array* At::list(std::string_view form) const {
  const auto* value = node.as_array();
  if (!value) refuse("is " + std::string(article_and_type(node)), form);
  return value;
}

std::string instead_of(std::string_view name, std::span<const std::string_view> known) {
  if (known.empty()) return "there is none yet: write one";
  const auto nearest = *std::ranges::min_element(known, {}, [&](auto one) { return distance(name, one); });
  if (distance(name, nearest) <= std::max<std::size_t>(2, name.size() / 3))
    return "did you mean " + in_quotes(nearest) + "?";
  std::string all;
  for (const auto one : known) all.append(all.empty() ? "" : ", ").append(one);
  return "write one of: " + all;
}

void report_unknown(Reader& reader, const toml::key& key, std::string_view kind,
                    std::span<const std::string_view> known) {
  reader.report(key.source().begin.line, "unknown " + std::string(kind) + " " + in_quotes(key.str()),
                instead_of(key.str(), known));
}

}  // namespace config
