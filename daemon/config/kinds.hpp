#pragma once
#include "daemon/config/reader.hpp"

// The kinds of values that keys have. Each says what may stand there (`form`), how a default is shown
// (`show`) and how a value is read (`read`: sets `out`, or reports and leaves it).
namespace config {

struct Text {
  static std::string form() { return "\"TEXT\""; }
  static std::string show(const std::string& value) { return value.empty() ? "" : in_quotes(value); }
  static void read(const At& at, std::string& out);
};

struct Prefix : Text {  // of a card number: it is printed and read aloud
  static std::string form() { return "\"LETTERS\" (at most four of A-Z and 0-9)"; }
  static void read(const At& at, std::string& out);
};

struct Pattern : Text {
  static std::string form() { return "\"REGULAR EXPRESSION\" (ECMAScript)"; }
  static void read(const At& at, std::string& out);
};

struct Url : Text {
  static std::string form() { return "\"http://HOST/PATH\""; }
  static void read(const At& at, std::string& out);
};

struct Path {
  static std::string form() { return "\"PATH\""; }
  static std::string show(const std::filesystem::path& value) { return Text::show(value.string()); }
  static void read(const At& at, std::filesystem::path& out);
};

struct Layout : Text {  // the path of a file that is there
  static std::string form() { return "\"PATH\" (of an SVG layout)"; }
  static void read(const At& at, std::string& out);
};

struct PrinterUrl : Text {
  static std::string form() { return "\"ipp://HOST/PATH\" or \"ipps://HOST/PATH\""; }
  static void read(const At& at, std::string& out);
};

// The path of a PEM file; read into DER. Of several the first counts: in a chain it is the peer's own.
struct Certificate {
  static constexpr std::string_view advice =
      "get it with openssl s_client -connect HOST:631 -showcerts, and compare its fingerprint with what the "
      "printer says of itself";
  static std::string form() { return "\"PATH\" (of a PEM certificate)"; }
  static std::string show(const api::Bytes&) { return ""; }
  static void read(const At& at, api::Bytes& out);
};

// Of a magnetic stripe.
struct Tracks {
  static std::string form() { return "[\"TRACK 1\", \"TRACK 2\", \"TRACK 3\"]"; }
  static std::string show(const std::array<std::string, 3>&) { return "[]"; }
  static void read(const At& at, std::array<std::string, 3>& out);
};

struct DriverAndAddress {
  static std::string form() { return "\"DRIVER:ADDRESS\""; }
  static std::string show(const Device&) { return ""; }
  static void read(const At& at, Device& out);
};

struct Flag {
  static std::string form() { return "true or false"; }
  static std::string show(bool value) { return value ? "true" : "false"; }
  static void read(const At& at, bool& out);
};

void read_whole(const At& at, unsigned min, unsigned max, const std::string& form, unsigned& out);

template <unsigned Min, unsigned Max>
struct Whole {
  static std::string form() { return std::to_string(Min) + " to " + std::to_string(Max); }
  static std::string show(unsigned value) { return std::to_string(value); }
  static void read(const At& at, unsigned& out) { read_whole(at, Min, Max, form(), out); }
};

template <unsigned Min, unsigned Max>
struct Minutes {
  static std::string form() { return Whole<Min, Max>::form(); }
  static std::string show(std::chrono::minutes value) { return std::to_string(value.count()); }
  static void read(const At& at, std::chrono::minutes& out) {
    auto count = static_cast<unsigned>(out.count());
    Whole<Min, Max>::read(at, count);
    out = std::chrono::minutes(count);
  }
};

// `"a", "b" or "c"`
std::string one_of(std::span<const std::string_view> names);
// The text of the node when it is one of the names, else null and reported.
const std::string* read_name(const At& at, std::span<const std::string_view> names);

// By the names of the enum's table.
template <class E>
struct Name {
  static std::vector<std::string_view> names() {
    std::vector<std::string_view> names;
    for (const auto& row : rows_of(E{})) names.push_back(row.name);
    return names;
  }
  static std::string form() { return one_of(names()); }
  static std::string show(E value) { return in_quotes(api::name_of(value)); }
  static void read(const At& at, E& out) {
    if (const auto* text = read_name(at, names())) out = *api::from_name<E>(*text);
  }
};

struct Family : Text {
  static std::string form();
  static void read(const At& at, std::string& out);
};

struct OwnOrSupplied {
  static std::string form() { return "\"own\" or \"supplied\""; }
  static std::string show(bool own) { return own ? "\"own\"" : "\"supplied\""; }
  static void read(const At& at, bool& own);
};

struct Queue {
  static std::string form() { return "true, false or \"operator\""; }
  static std::string show(const std::optional<bool>&) { return "\"operator\""; }
  static void read(const At& at, std::optional<bool>& out);
};

void read_texts(const At& at, const char* regex, const std::string& form, std::vector<std::string>& out);

struct Texts {
  static std::string form() { return "[\"TEXT\", …]"; }
  static std::string show(const std::vector<std::string>&) { return "[]"; }
  static void read(const At& at, std::vector<std::string>& out) { read_texts(at, ".+", form(), out); }
};

// Times of day, rising; at least one.
struct TimesOfDay {
  static std::string form() { return "[\"HH:MM\", …] (rising)"; }
  static std::string show(const std::vector<std::chrono::minutes>& times);
  static void read(const At& at, std::vector<std::chrono::minutes>& out);
};

struct Identifiers : Texts {
  static std::string form() { return "[\"1.2.3\", …] (object identifiers)"; }
  static void read(const At& at, std::vector<std::string>& out) {
    read_texts(at, R"([0-2](\.(0|[1-9][0-9]*))+)", form(), out);
  }
};

struct Attributes : Texts {
  static std::string form() { return "[\"TYPE=TEXT\", …] (O, OU, CN, serialNumber, …)"; }
  static void read(const At& at, std::vector<std::string>& out) {
    read_texts(at, "[A-Za-z]+=.+", form(), out);
  }
};

struct AlternativeNames : Texts {
  static std::string form() { return "[\"URI=TEXT\", \"email=TEXT\", \"UPN=TEXT\"]"; }
  static void read(const At& at, std::vector<std::string>& out) {
    read_texts(at, "(URI|email|UPN)=.+", form(), out);
  }
};

struct OptionNames {
  static std::string form();
  static std::string show(const std::set<std::string>&) { return "[]"; }
  static void read(const At& at, std::set<std::string>& out);
};

struct Ids {
  static std::string form() { return "[0, 1000, …] (numeric)"; }
  static std::string show(const std::vector<std::uint32_t>&) { return "[]"; }
  static void read(const At& at, std::vector<std::uint32_t>& out);
};

// Digits as they are, or "@FILE" that holds them.
struct Digits {
  static std::string form() { return "\"DIGITS\" or \"@FILE\""; }
  static std::string show(const api::Secret& value) { return in_quotes(api::text_of(value.reveal())); }
  static void read(const At& at, api::Secret& out);
};

// "default", the key that blanks commonly come with, or a file with hexadecimal digits.
struct FactoryKey {
  static std::string form() { return "\"default\" or \"FILE\" (hexadecimal digits)"; }
  static std::string show(const api::Secret&) { return "\"default\""; }
  static void read(const At& at, api::Secret& out);
};

// Absent means something of its own.
template <class Kind>
struct Maybe {
  static std::string form() { return Kind::form(); }
  template <class T>
  static std::string show(const std::optional<T>&) {
    return "as shipped";
  }
  template <class T>
  static void read(const At& at, std::optional<T>& out) {
    Kind::read(at, out.emplace());
  }
};

// What the card families take; null for one that is not known.
const core::FamilyLimits* find_family(std::string_view name);

}  // namespace config
