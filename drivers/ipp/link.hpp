#pragma once
#include <cups/cups.h>

#include <memory>
#include <string>

#include "drivers/api/bytes.hpp"
#include "drivers/api/clock.hpp"
#include "drivers/api/result.hpp"

namespace ipp {

struct Delete {
  void operator()(ipp_t* message) const noexcept { ippDelete(message); }
  void operator()(http_t* http) const noexcept { httpClose(http); }
};
using Message = std::unique_ptr<ipp_t, Delete>;

struct Address {
  std::string uri;  // as the printer is told
  std::string host, resource;
  int port = 0;
  bool tls = false;
  api::Bytes certificate;  // DER; with TLS, of the printer itself
};
// Throws std::invalid_argument.
Address parse_address(const std::string& uri);

// One request and its answer over a connection of its own, which is never made again unasked: what was sent
// once is not sent twice. With TLS nothing is sent to a peer that shows another certificate. Ends at the
// deadline whatever the peer does. notDone: not a byte of the document has left. What the answer says is for
// the caller to judge.
api::Result<Message> exchange(const Address& address, ipp_t& request, api::BytesView document,
                              std::chrono::milliseconds connect_limit, api::Deadline deadline);

}  // namespace ipp
