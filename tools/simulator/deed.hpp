#pragma once
#include <array>

#include "drivers/api/enum_table.hpp"

namespace simulator {

// What people do to the printer, as they tell it: the name, and the argument where there is one.
enum class Deed {
  load,
  ribbon,
  closeCover,
  emptyOutput,
  emptyReject,
  removeCard,
  cutPower,
  cutPowerOutput,
  cutPowerReject,
  swapPrinter,
};

}  // namespace simulator

template <>
struct api::EnumRow<simulator::Deed> {
  simulator::Deed value;
  std::string_view name;
  std::string_view argument;
  std::string_view text;
};

namespace simulator {

inline constexpr std::array<api::EnumRow<Deed>, 10> deed_rows{{
    {Deed::load, "load", "N", "N blanks more in the hopper"},
    {Deed::ribbon, "ribbon", "", "a new ribbon"},
    {Deed::closeCover, "close cover", "", "the cover is closed"},
    {Deed::emptyOutput, "empty output", "", "the output is emptied"},
    {Deed::emptyReject, "empty reject", "", "the reject bin is emptied"},
    {Deed::removeCard, "remove card", "", "whatever is inside is taken out by hand"},
    {Deed::cutPower, "cut power", "", "power goes for a moment, now; the card stays inside"},
    {Deed::cutPowerOutput, "cut power output", "",
     "the same, and at power-up the card drops into the output"},
    {Deed::cutPowerReject, "cut power reject", "",
     "the same, and at power-up the card drops into the reject bin"},
    {Deed::swapPrinter, "swap printer", "SERIAL", "another printer is there; the card went with the old one"},
}};
static_assert(api::well_formed(deed_rows));
constexpr const auto& rows_of(Deed) {
  return deed_rows;
}

}  // namespace simulator
