#include "drivers/ipp/link.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace ipp {

using api::Reason;
using std::chrono::steady_clock;

Address parse_address(const std::string& uri) {
  std::array<char, 32> scheme{};
  std::array<char, 256> user{}, host{};
  std::array<char, 1024> resource{};
  int port = 0;
  const auto status =
      httpSeparateURI(HTTP_URI_CODING_ALL, uri.c_str(), scheme.data(), scheme.size(), user.data(),
                      user.size(), host.data(), host.size(), &port, resource.data(), resource.size());
  const std::string_view how = scheme.data();
  if (status != HTTP_URI_STATUS_OK || (how != "ipp" && how != "ipps") || host.front() == '\0' ||
      user.front() != '\0')
    throw std::invalid_argument(uri + " is no printer's address: write ipp://HOST/PATH or ipps://HOST/PATH");
  return {uri, host.data(), resource.data(), port, how == "ipps", {}};
}

namespace {

using Http = std::unique_ptr<http_t, Delete>;

// More than any answer to our questions has.
constexpr std::size_t answer_bytes_max = 1024 * 1024;

// libcups waits for silence, not for a peer that says something now and then: at the deadline the connection
// ends under its hands. It has a descriptor of its own, which nobody else closes.
class Watchdog {
 public:
  Watchdog(int socket, api::Deadline deadline)
      : socket_(::dup(socket)), thread_([this, deadline](const std::stop_token& stop) {
          std::unique_lock lock(mutex_);
          ended_.wait_until(lock, stop, deadline, [] { return false; });
          if (!stop.stop_requested()) ::shutdown(socket_, SHUT_RDWR);
        }) {}
  ~Watchdog() {
    thread_.request_stop();
    thread_.join();
    if (socket_ >= 0) ::close(socket_);
  }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  int socket_;
  std::mutex mutex_;
  std::condition_variable_any ended_;
  std::jthread thread_;
};

// Asked by libcups after every second of silence; 0: give up.
int may_wait(http_t*, void* deadline) {
  return steady_clock::now() < *static_cast<const api::Deadline*>(deadline) ? 1 : 0;
}

int milliseconds_until(api::Deadline deadline, std::chrono::milliseconds at_most) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now());
  return static_cast<int>(std::clamp(left, std::chrono::milliseconds(1), at_most).count());
}

// Of the chain that the peer showed the first is its own (RFC 8446 section 4.4.2); the handshake proved that
// it has the key. libcups itself takes any. Its lists of trusted peers (~/.cups) are neither read nor
// written.
bool shows(http_t* http, api::BytesView certificate) {
  cups_array_t* chain = nullptr;
  const bool copied = httpCopyCredentials(http, &chain) == 0;
  const std::unique_ptr<cups_array_t, decltype(&httpFreeCredentials)> guard(chain, httpFreeCredentials);
  const auto* own = copied ? static_cast<const http_credential_t*>(cupsArrayFirst(chain)) : nullptr;
  return own != nullptr &&
         std::ranges::equal(certificate,
                            api::BytesView(static_cast<const std::uint8_t*>(own->data), own->datalen));
}

// `deadline` outlives the connection.
api::Result<Http> connect(const Address& address, std::chrono::milliseconds limit, api::Deadline& deadline) {
  Http http(httpConnect2(address.host.c_str(), address.port, nullptr, AF_UNSPEC, HTTP_ENCRYPTION_IF_REQUESTED,
                         1, milliseconds_until(deadline, limit), nullptr));
  if (!http) return api::fail(Reason::printerGone, fmt::format("{}: {}", address.uri, cupsLastErrorString()));
  httpSetTimeout(http.get(), 1.0, may_wait, &deadline);
  // Only now: libcups would wait for ever for a peer that is silent in the handshake, and so it waits 10 s.
  if (address.tls && httpEncryption(http.get(), HTTP_ENCRYPTION_ALWAYS) != 0)
    return api::fail(Reason::printerGone, fmt::format("{}: no TLS: {}", address.uri, cupsLastErrorString()));
  if (address.tls && !shows(http.get(), address.certificate))
    return api::fail(
        Reason::printerFault,
        fmt::format("{0} shows another certificate than it should, and gets nothing: if the printer "
                    "has a new one, get it with openssl s_client -connect {1}:{2} -showcerts, compare "
                    "its fingerprint with what the printer says of itself, and put it where "
                    "printer_certificate says",
                    address.uri, address.host, address.port));
  return http;
}

bool send_request(http_t* http, const Address& address, ipp_t& request, std::size_t document) {
  httpClearFields(http);
  httpSetField(http, HTTP_FIELD_CONTENT_TYPE, "application/ipp");
  httpSetLength(http, ippLength(&request) + document);
  if (httpPost(http, address.resource.c_str()) != 0) return false;
  auto state = IPP_STATE_IDLE;
  while (state != IPP_STATE_DATA && state != IPP_STATE_ERROR) state = ippWrite(http, &request);
  return state == IPP_STATE_DATA;
}

// At once: of parts below 2 KiB libcups keeps a copy, which it frees as it is.
bool send_document(http_t* http, api::BytesView document) {
  return document.empty() || httpWrite2(http, reinterpret_cast<const char*>(document.data()),
                                        document.size()) == static_cast<ssize_t>(document.size());
}

struct Inflow {
  http_t* http;
  std::size_t left = answer_bytes_max;
};

ssize_t read_some(void* inflow, ipp_uchar_t* buffer, std::size_t size) {
  auto& from = *static_cast<Inflow*>(inflow);
  if (size > from.left) return -1;
  const auto got = httpRead2(from.http, reinterpret_cast<char*>(buffer), size);
  if (got > 0) from.left -= static_cast<std::size_t>(got);
  return got;
}

// Null: there was none.
Message read_answer(http_t* http) {
  Message answer(ippNew());
  Inflow inflow{http};
  auto state = IPP_STATE_IDLE;
  while (state != IPP_STATE_DATA && state != IPP_STATE_ERROR)
    state = ippReadIO(&inflow, read_some, 1, nullptr, answer.get());
  return state == IPP_STATE_DATA ? std::move(answer) : nullptr;
}

tl::unexpected<api::Failure> no_answer(const Address& address, api::Deadline deadline) {
  if (steady_clock::now() >= deadline)
    return api::fail_unknown(Reason::timedOut, address.uri + " does not answer");
  return api::fail_unknown(Reason::linkLost, address.uri + ": the connection ended without an answer of IPP");
}

}  // namespace

api::Result<Message> exchange(const Address& address, ipp_t& request, api::BytesView document,
                              std::chrono::milliseconds connect_limit, api::Deadline deadline) {
  TRY_ASSIGN(http, connect(address, connect_limit, deadline));
  const Watchdog watchdog(httpGetFd(http.get()), deadline);
  if (!send_request(http.get(), address, request, document.size()))
    return api::fail(Reason::printerGone, address.uri + " does not take requests");
  if (!send_document(http.get(), document)) return no_answer(address, deadline);
  auto status = HTTP_STATUS_CONTINUE;
  while (status == HTTP_STATUS_CONTINUE) status = httpUpdate(http.get());
  if (status >= HTTP_STATUS_BAD_REQUEST && status < HTTP_STATUS_SERVER_ERROR)
    return api::fail(Reason::printerFault, fmt::format("{}: HTTP {}", address.uri, static_cast<int>(status)));
  if (status != HTTP_STATUS_OK) return no_answer(address, deadline);
  auto answer = read_answer(http.get());
  if (!answer) return no_answer(address, deadline);
  return answer;
}

}  // namespace ipp
