#pragma once
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>

// CSS properties of elements: editors write them into style="…", people as attributes of the same name.
namespace drawing {

// What this very element says; style="…" wins. Nothing when it says nothing.
std::optional<std::string> property_of(pugi::xml_node node, std::string_view name);

// The same, from the nearest element around it that says something.
std::optional<std::string> inherited_property(pugi::xml_node node, std::string_view name);

// Wins over whatever the element said before.
void set_property(pugi::xml_node node, std::string_view name, std::string_view value);

// Adds all that `inner` says to `outer`, where `inner` wins: for a tspan that leaves its text.
void merge_properties(pugi::xml_node outer, pugi::xml_node inner);

// All of `text` as a finite number; nothing for anything else.
std::optional<double> number_of(std::string_view text);

// A length in user units, which are millimetres: "3", "3px", "3mm", "8pt", "0.3cm", "0.1in", "1pc".
std::optional<double> length_of(std::string_view text);

// A family list's first name, without its quotes.
std::string first_family(std::string_view families);

}  // namespace drawing
