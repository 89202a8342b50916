#pragma once
#include <memory>
#include <string>

#include "drivers/api/encoder.hpp"

namespace pcsc {

// The PC/SC reader whose name matches the regular expression `pattern` (ECMAScript, searched anywhere in the
// name; of several the first by name). Reader and pcscd need not be there yet: they are looked for at every
// call. Sessions are exclusive. Throws std::regex_error for a bad pattern.
//
// One thread uses the encoder and its transports; a transport may outlive the encoder. A call that pcscd does
// not answer by its deadline is left behind on a thread of its own. When `abandoned_calls_max` such threads
// hang in one encoder, every further call fails with `readerGone` until one of them comes back.
std::unique_ptr<api::Encoder> make_encoder(const std::string& pattern);

inline constexpr int abandoned_calls_max = 4;

}  // namespace pcsc
