#pragma once
#include <string>
#include <vector>

#include "daemon/render/drawing/draw.hpp"

// What cardwright-render does for who designs layouts. Each returns the exit status and says on standard
// output, or standard error, what is wrong. Throws where a file cannot be read or written.
namespace drawing {

struct Sample {
  std::string layout;  // the file
  bool letter = false;
  bool chip = false, stripe = false;  // the face has contacts, a magnetic stripe
  api::ImageSpec image = usual_image;
  std::vector<std::string> fields;  // NAME=VALUE, or NAME=@FILE for a photo
  std::string plane = "card";
  std::string out;  // PNG, of a letter PDF
};

int check(const Sample& sample);
int preview(const Sample& sample);

}  // namespace drawing
