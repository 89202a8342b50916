#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "drivers/api/document_printer.hpp"

namespace ipp {

// Of the time of one document. Shorter in tests.
struct Patience {
  std::chrono::milliseconds connect{5'000};   // until somebody takes the connection
  std::chrono::milliseconds answer{15'000};   // to a question
  std::chrono::milliseconds poll{500};        // between two questions about a job
  std::chrono::milliseconds silence{15'000};  // so long a printer may be out of reach while it has a job
  std::chrono::milliseconds cancel{20'000};   // left for calling a job back that is not done in time
};

// The IPP printer at `uri` (ipp://HOST/PATH, ipps://HOST/PATH). It need not be there yet. `certificate`, DER,
// is what a printer at ipps:// has to show, byte for byte; nothing is asked of and nothing sent to one that
// shows another. Throws std::invalid_argument for what is no such address, and for ipps:// without one.
std::unique_ptr<api::DocumentPrinter> make_document_printer(const std::string& uri, api::Bytes certificate,
                                                            Patience patience = {});

}  // namespace ipp
