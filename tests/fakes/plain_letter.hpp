#pragma once
#include <algorithm>
#include <map>
#include <string>

#include "drivers/api/result.hpp"
#include "drivers/api/secret.hpp"

namespace fakes {

// A letter as pdftotext would read it, instead of a PDF: for tests that want to know its PIN.
inline api::Result<api::Secret> plain_letter(const std::map<std::string, std::string>& fields,
                                             const api::Secret& pin, const api::Secret& puk,
                                             api::Deadline /*deadline*/) {
  std::string text;
  for (const auto& [name, value] : fields) text += name + ": " + value + "\n";
  const auto line = [&text](const char* label, const api::Secret& secret) {
    text += label;
    std::ranges::copy(secret.reveal(), std::back_inserter(text));
    text += "\n";
  };
  line("PIN: ", pin);
  if (!puk.empty()) line("PUK: ", puk);
  return api::Secret(api::bytes_of(text));
}

}  // namespace fakes
