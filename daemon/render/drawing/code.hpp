#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "daemon/render/drawing/layout.hpp"
#include "drivers/api/bytes.hpp"

// QR codes and barcodes as modules: black or white squares, or bars.
namespace drawing {

// A way to write data; every one of them is read back from printed planes in a test.
struct Symbology {
  std::string_view name;
  int zint;                // number of libzint
  unsigned quiet_modules;  // white on either side; the rect of the layout includes it
  std::string_view takes;  // what it can hold
  bool (*holds)(std::string_view);
};

// A barcode's, by the name in data-symbology; null when there is none of that name.
const Symbology* find_symbology(std::string_view name);
std::string symbology_names();
const Symbology& symbology_of(const Field& field);

// Rows of modules; a barcode has one row.
struct Code {
  unsigned columns = 0, rows = 0, quiet = 0;
  std::vector<bool> black;  // row by row
  bool at(unsigned column, unsigned row) const { return black[row * columns + column]; }
};

// Fails with textInvalid for what the symbology cannot hold, with textDoesNotFit for too much of it.
api::Result<Code> encode(const Field& field, const std::string& value);

}  // namespace drawing
