#pragma once
#include <pugixml.hpp>
#include <string>

#include "daemon/render/drawing/layout.hpp"

namespace drawing {

// Measures texts with librsvg as it would draw them in one field, at full size: in a document of its own that
// has nothing but the groups around the field, for their fonts, and the text.
class Ruler {
 public:
  explicit Ruler(const Field& field);

  // How much of the field's room the ink of one line needs, in millimetres: from the field's x to its farther
  // end, or twice that where x is the middle.
  api::Result<double> needed(const std::string& line);

 private:
  pugi::xml_document document_;
  pugi::xml_node text_;
  Anchor anchor_;
};

}  // namespace drawing
