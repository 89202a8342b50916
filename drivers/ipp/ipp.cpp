#include "drivers/ipp/ipp.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "drivers/ipp/conditions.hpp"
#include "drivers/ipp/link.hpp"

namespace ipp {
namespace {

using api::Reason;
using std::chrono::steady_clock;

constexpr const char* user = "cardwright";  // on the printer's list of jobs
constexpr const char* format = "application/pdf";

// What a job was last seen to be.
struct Seen {
  ipp_jstate_t state = IPP_JSTATE_PENDING;
  std::optional<int> pages;  // what came out; absent: this printer does not count
  std::string words;         // of the printer about it
  bool with_errors = false;
};

bool is_over(const Seen& seen) {
  return seen.state >= IPP_JSTATE_CANCELED;
}

bool nothing_came_out(const Seen& seen) {
  return seen.state != IPP_JSTATE_COMPLETED && seen.pages == 0;
}

// A printer's words come before people and into the audit trail, whatever bytes they are: ASCII in one line,
// and not without end. Keywords are no longer (RFC 8011 section 5.1.4).
std::string legible(std::string_view text) {
  constexpr std::size_t bytes_max = 255;
  std::string result(text.substr(0, bytes_max));
  std::ranges::replace_if(
      result, [](unsigned char byte) { return byte < ' ' || byte > '~'; }, '?');
  return result;
}

std::vector<std::string> texts_of(ipp_t* answer, const char* name) {
  constexpr int texts_max = 64;  // more than the formats that any printer takes
  std::vector<std::string> texts;
  auto* attribute = ippFindAttribute(answer, name, IPP_TAG_ZERO);
  for (int i = 0; i < std::min(ippGetCount(attribute), texts_max); ++i)
    if (const char* text = ippGetString(attribute, i, nullptr)) texts.push_back(legible(text));
  return texts;
}

std::optional<int> number_of(ipp_t* answer, const char* name, ipp_tag_t tag) {
  auto* attribute = ippFindAttribute(answer, name, tag);
  if (attribute == nullptr) return std::nullopt;
  return ippGetInteger(attribute, 0);
}

void ask_for(ipp_t* request, std::span<const char* const> names) {
  ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
                static_cast<int>(names.size()), nullptr, names.data());
}

class Printer final : public api::DocumentPrinter {
 public:
  Printer(Address address, Patience patience) : address_(std::move(address)), patience_(patience) {}
  api::Result<> print(api::BytesView document, std::string_view name, api::Deadline deadline) override;

 private:
  Message request(ipp_op_t operation, std::optional<int> job = {}) const;
  api::Result<Message> ask(const Message& message, api::BytesView document, api::Deadline deadline) const;
  api::Result<> check(api::Deadline deadline) const;
  api::Result<int> send(api::BytesView document, std::string_view name, api::Deadline deadline) const;
  api::Result<Seen> look_at(int job, api::Deadline deadline) const;
  api::Result<> follow(int job, api::Deadline deadline) const;
  api::Result<> call_back(int job, api::Deadline deadline) const;
  api::Deadline soon(api::Deadline deadline) const {
    return std::min(deadline, steady_clock::now() + patience_.answer);
  }

  Address address_;
  Patience patience_;
};

api::Result<> Printer::print(api::BytesView document, std::string_view name, api::Deadline deadline) {
  if (auto ready = check(soon(deadline)); !ready) {
    ready.error().certainty = api::Certainty::notDone;  // nothing was sent
    return ready;
  }
  TRY_ASSIGN(job, send(document, name, deadline));
  return follow(job, deadline);
}

Message Printer::request(ipp_op_t operation, std::optional<int> job) const {
  Message message(ippNewRequest(operation));
  ippAddString(message.get(), IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", nullptr, address_.uri.c_str());
  if (job) ippAddInteger(message.get(), IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", *job);
  ippAddString(message.get(), IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", nullptr, user);
  return message;
}

// What these say of a document that has arrived is not that nothing of it was printed.
constexpr std::array faults{IPP_STATUS_ERROR_INTERNAL, IPP_STATUS_ERROR_DEVICE,
                            IPP_STATUS_ERROR_JOB_CANCELED};

// A request that the printer refuses was not carried out.
api::Result<Message> Printer::ask(const Message& message, api::BytesView document,
                                  api::Deadline deadline) const {
  TRY_ASSIGN(answer, exchange(address_, *message, document, patience_.connect, deadline));
  const auto status = ippGetStatusCode(answer.get());
  if (status < IPP_STATUS_ERROR_BAD_REQUEST) return answer;
  auto words = fmt::format("it answers {}", ippErrorString(status));
  if (!document.empty() && std::ranges::count(faults, status) > 0)
    return api::fail_unknown(Reason::printerFault, std::move(words));
  const bool busy = status == IPP_STATUS_ERROR_BUSY || status == IPP_STATUS_ERROR_TEMPORARY;
  return api::fail(busy ? Reason::printerBusy : Reason::printerFault, std::move(words));
}

// Whatever stands in the way is seen before a document leaves this computer.
api::Result<> Printer::check(api::Deadline deadline) const {
  constexpr std::array wanted{"printer-state", "printer-state-reasons", "printer-is-accepting-jobs",
                              "document-format-supported"};
  const auto message = request(IPP_OP_GET_PRINTER_ATTRIBUTES);
  ask_for(message.get(), wanted);
  TRY_ASSIGN(answer, ask(message, {}, deadline));
  const auto reasons = texts_of(answer.get(), "printer-state-reasons");
  if (const auto found = obstacle(reasons)) return api::fail(found->reason, found->keyword);
  if (number_of(answer.get(), "printer-state", IPP_TAG_ENUM) == IPP_PSTATE_STOPPED)
    return api::fail(Reason::printerFault, fmt::format("it is stopped: {}", fmt::join(reasons, " ")));
  auto* accepting = ippFindAttribute(answer.get(), "printer-is-accepting-jobs", IPP_TAG_BOOLEAN);
  if (accepting != nullptr && ippGetBoolean(accepting, 0) == 0)
    return api::fail(Reason::printerFault, "it accepts no jobs");
  const auto formats = texts_of(answer.get(), "document-format-supported");
  if (!std::ranges::count(formats, format))
    return api::fail(Reason::printerFault,
                     fmt::format("it does not print {}: a printer of letters has to", format));
  return {};
}

// The number of the job.
api::Result<int> Printer::send(api::BytesView document, std::string_view name, api::Deadline deadline) const {
  const auto message = request(IPP_OP_PRINT_JOB);
  ippAddString(message.get(), IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", nullptr,
               std::string(name).c_str());
  ippAddString(message.get(), IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", nullptr, format);
  TRY_ASSIGN(answer, ask(message, document, deadline));
  const auto job = number_of(answer.get(), "job-id", IPP_TAG_INTEGER);
  if (!job) return api::fail_unknown(Reason::linkLost, "it took the document and named no job");
  return *job;
}

api::Result<Seen> Printer::look_at(int job, api::Deadline deadline) const {
  constexpr std::array wanted{"job-state", "job-state-reasons", "job-state-message",
                              "job-impressions-completed", "job-media-sheets-completed"};
  const auto message = request(IPP_OP_GET_JOB_ATTRIBUTES, job);
  ask_for(message.get(), wanted);
  TRY_ASSIGN(answer, ask(message, {}, deadline));
  const auto state = number_of(answer.get(), "job-state", IPP_TAG_ENUM);
  if (!state) return api::fail_unknown(Reason::linkLost, "it does not say how the job is");
  const auto reasons = texts_of(answer.get(), "job-state-reasons");
  auto words = texts_of(answer.get(), "job-state-message");
  words.insert(words.end(), reasons.begin(), reasons.end());
  // Absent is less than any number: the larger of two counts, or the only one.
  const auto pages = std::max(number_of(answer.get(), "job-impressions-completed", IPP_TAG_INTEGER),
                              number_of(answer.get(), "job-media-sheets-completed", IPP_TAG_INTEGER));
  return Seen{static_cast<ipp_jstate_t>(*state), pages, fmt::format("{}", fmt::join(words, " ")),
              std::ranges::count(reasons, "job-completed-with-errors") > 0};
}

// Of a job that is over.
api::Result<> ending(const Seen& seen) {
  if (seen.state == IPP_JSTATE_COMPLETED && !seen.with_errors) return {};
  if (nothing_came_out(seen)) return api::fail(Reason::printerFault, "it gave the job up: " + seen.words);
  return api::fail_unknown(Reason::printerFault, "it ended the job in the middle: " + seen.words);
}

api::Result<> Printer::follow(int job, api::Deadline deadline) const {
  const auto in_time = deadline - patience_.cancel;
  for (auto heard = steady_clock::now();;) {
    const auto seen = look_at(job, soon(deadline));
    const auto now = steady_clock::now();
    if (seen) heard = now;
    if (seen && is_over(*seen)) return ending(*seen);
    if (!seen && now - heard > patience_.silence)
      return api::fail_unknown(Reason::linkLost, "it had the document: " + seen.error().detail);
    if (now >= in_time) return call_back(job, deadline);
    std::this_thread::sleep_for(patience_.poll);
  }
}

// What is printed tomorrow, when the paper was filled up, would be a second letter.
api::Result<> Printer::call_back(int job, api::Deadline deadline) const {
  const auto why = check(soon(deadline));
  (void)ask(request(IPP_OP_CANCEL_JOB, job), {}, soon(deadline));
  while (steady_clock::now() < deadline) {
    const auto seen = look_at(job, soon(deadline));
    if (seen && nothing_came_out(*seen) && is_over(*seen))
      return api::fail(why ? Reason::printerFault : why.error().reason,
                       "not printed in time, and called back");
    if (seen && is_over(*seen)) return ending(*seen);
    std::this_thread::sleep_for(patience_.poll);
  }
  return api::fail_unknown(Reason::timedOut, "not printed in time, and not called back either");
}

}  // namespace

std::unique_ptr<api::DocumentPrinter> make_document_printer(const std::string& uri, api::Bytes certificate,
                                                            Patience patience) {
  auto address = parse_address(uri);
  if (address.tls && certificate.empty())
    throw std::invalid_argument(uri + " needs the certificate of the printer");
  address.certificate = std::move(certificate);
  return std::make_unique<Printer>(std::move(address), patience);
}

}  // namespace ipp
