#include <algorithm>
#include <cctype>

#include "ipc/idl.hpp"

namespace ipc {
namespace {

constexpr int type_depth_max = 32;  // of types written inside each other: bounds our recursion

bool letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}
bool digit_or_letter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}
bool upper(char c) {
  return std::isupper(static_cast<unsigned char>(c)) != 0;
}

// [A-Z][A-Za-z0-9]*
bool is_type_name(std::string_view word) {
  return !word.empty() && upper(word.front()) && std::ranges::all_of(word, digit_or_letter);
}

// [A-Za-z](_?[A-Za-z0-9])*
bool is_field_name(std::string_view word) {
  return !word.empty() && letter(word.front()) && word.back() != '_' && word.find("__") == word.npos &&
         std::ranges::all_of(word, [](char c) { return digit_or_letter(c) || c == '_'; });
}

// Two labels or more; each of letters, digits and inner hyphens, the first beginning with a letter.
bool is_interface_name(std::string_view word) {
  if (word.empty() || !letter(word.front()) || word.find('.') == word.npos) return false;
  char before = '.';
  for (const char c : word) {
    const bool edge = before == '.' || before == '-';
    if (!digit_or_letter(c) && ((c != '-' && c != '.') || before == '.' || (c == '.' && edge))) return false;
    before = c;
  }
  return digit_or_letter(before);
}

// Recursive descent, one function a rule. The first fault is kept; false means "there is one, go home".
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  tl::expected<Interface, IdlError> parse() {
    if (interface()) return std::move(interface_);
    return tl::unexpected(*std::move(error_));
  }

 private:
  bool fail(std::string message) { return fail_at(line_, std::move(message)); }
  bool fail_at(std::size_t line, std::string message) {
    if (!error_) error_ = IdlError{line, std::move(message)};
    return false;
  }

  // Goes to the next token. The lines of comment right above it are its documentation.
  void skip() {
    bool line_is_empty = at_ == 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
        if (line_is_empty) documentation_.clear();
        line_is_empty = true;
      } else if (c == '#') {
        const auto end = std::min(text_.find('\n', at_), text_.size());
        if (line_is_empty) comment(text_.substr(at_ + 1, end - at_ - 1));
        line_is_empty = false;
        at_ = end - 1;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
    }
  }

  void comment(std::string_view line) {
    if (line.starts_with(' ')) line.remove_prefix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!documentation_.empty()) documentation_ += '\n';
    documentation_ += line;
  }

  std::string documentation() { return std::exchange(documentation_, {}); }

  bool accept(std::string_view token) {
    skip();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    documentation_.clear();
    return true;
  }

  bool expect(std::string_view token) {
    return accept(token) || fail("'" + std::string(token) + "' expected");
  }

  // Letters, digits and the given others; empty when there is none.
  std::string word(std::string_view others) {
    skip();
    documentation_.clear();
    const auto start = at_;
    while (at_ < text_.size() && (digit_or_letter(text_[at_]) || others.find(text_[at_]) != others.npos))
      ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  bool interface() {
    skip();
    interface_.documentation = documentation();
    if (word("") != "interface") return fail("'interface' expected");
    interface_.name = word(".-");
    if (!is_interface_name(interface_.name))
      return fail("'" + interface_.name + "' is no name of an interface");
    for (skip(); at_ < text_.size(); skip())
      if (!member()) return false;
    return resolve();
  }

  bool member() {
    auto text = documentation();
    const auto keyword = word("");
    if (keyword != "type" && keyword != "method" && keyword != "error")
      return fail("'type', 'method' or 'error' expected, not '" + keyword + "'");
    auto name = word("");
    if (!is_type_name(name)) return fail("'" + name + "' is no name of a " + keyword);
    const auto taken = [&](const auto& rows) {
      return std::ranges::find(rows, name, &NamedType::name) != rows.end();
    };
    if (taken(interface_.types) || taken(interface_.errors) || interface_.find_method(name))
      return fail("'" + name + "' is there already");
    if (keyword == "method") {
      MethodType method{std::move(name), {}, {}, std::move(text)};
      if (!structure(method.input) || !expect("->") || !structure(method.output)) return false;
      interface_.methods.push_back(std::move(method));
      return true;
    }
    NamedType named{std::move(name), {}, std::move(text)};
    skip();
    const bool bare_error = keyword == "error" && !text_.substr(at_).starts_with('(');
    if (!bare_error && !(keyword == "type" ? composed(named.type, 0) : structure(named.type))) return false;
    (keyword == "type" ? interface_.types : interface_.errors).push_back(std::move(named));
    return true;
  }

  bool structure(Type& type) {
    const auto line = line_;
    if (!composed(type, 0)) return false;
    return type.kind == Type::Kind::structure || fail_at(line, "fields with types expected");
  }

  // "(a, b)" or "(a: type, b: type)" or "()"
  bool composed(Type& type, int depth) {
    if (!expect("(")) return false;
    type.kind = Type::Kind::structure;
    if (accept(")")) return true;
    do {
      skip();
      auto text = documentation();
      auto name = word("_");
      if (!is_field_name(name)) return fail("'" + name + "' is no name of a field");
      if (std::ranges::find(type.fields, name, &Field::name) != type.fields.end() ||
          std::ranges::find(type.values, name) != type.values.end())
        return fail("'" + name + "' is there already");
      const bool typed = accept(":");
      if (type.fields.empty() && type.values.empty() && !typed) type.kind = Type::Kind::enumeration;
      if (typed != (type.kind == Type::Kind::structure))
        return fail("either every member has a type (fields) or none (values)");
      if (!typed) {
        type.values.push_back(std::move(name));
        continue;
      }
      Field field{std::move(name), {}, std::move(text)};
      if (!any(field.type, depth + 1)) return false;
      type.fields.push_back(std::move(field));
    } while (accept(","));
    return expect(")");
  }

  bool any(Type& type, int depth) {
    if (depth > type_depth_max) return fail("types are nested too deep");
    if (accept("?")) {
      type.nullable = true;
      if (accept("?")) return fail("'?' twice");
    }
    const bool array = accept("[]");
    if (array || accept("[string]")) {
      type.kind = array ? Type::Kind::array : Type::Kind::map;
      return any(type.element.emplace_back(), depth + 1);
    }
    skip();
    if (text_.substr(at_).starts_with('(')) return composed(type, depth);
    return simple(type);
  }

  bool simple(Type& type) {
    auto name = word("");
    using Kind = Type::Kind;
    if (name == "bool") return set(type, Kind::boolean);
    if (name == "int") return set(type, Kind::integer);
    if (name == "float") return set(type, Kind::floating);
    if (name == "string") return set(type, Kind::string);
    if (name == "object") return set(type, Kind::object);
    if (!is_type_name(name)) return fail("'" + name + "' is no type");
    uses_.emplace_back(name, line_);
    type.name = std::move(name);
    return set(type, Kind::named);
  }

  static bool set(Type& type, Type::Kind kind) {
    type.kind = kind;
    return true;
  }

  bool resolve() {
    for (const auto& [name, line] : uses_)
      if (!interface_.find_type(name)) return fail_at(line, "there is no type '" + name + "'");
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::string documentation_;
  std::vector<std::pair<std::string, std::size_t>> uses_;
  Interface interface_;
  std::optional<IdlError> error_;
};

}  // namespace

tl::expected<Interface, IdlError> parse_interface(std::string_view text) {
  auto parsed = Parser(text).parse();
  if (parsed) parsed->text = text;
  return parsed;
}

}  // namespace ipc
