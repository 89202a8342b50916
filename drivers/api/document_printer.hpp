#pragma once
#include <string_view>

#include "drivers/api/bytes.hpp"
#include "drivers/api/clock.hpp"
#include "drivers/api/result.hpp"

namespace api {

// A printer for paper, used by one thread.
class DocumentPrinter {
 public:
  virtual ~DocumentPrinter() = default;
  // Prints one PDF once and returns when it lies in the tray. `name` is shown on the printer and in its log:
  // never a person's name nor a card's number. notDone (paperOut, printerGone, printerBusy, printerFault):
  // surely nothing was printed. unknown (linkLost, timedOut): nobody knows; it is never repeated unasked.
  virtual Result<> print(BytesView document, std::string_view name, Deadline deadline) = 0;
};

}  // namespace api
