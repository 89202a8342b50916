#include "daemon/runtime/post.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cassert>

#include "daemon/runtime/issuing.hpp"
#include "drivers/api/durable_file.hpp"

namespace runtime {

using api::Reason;

namespace {

// Of the step's time; the rest is the printer's.
constexpr std::chrono::seconds drawing_limit(10);

// Neither the holder's name nor the card's number stands beside a PIN (ISO 9564-1, PIN mailers): the control
// number says which card it is for, to those who may ask.
Post::Fields fields_of(const Job& job, const std::string& organisation, api::WallTime now) {
  return {{"product", job.product.title},
          {"organisation", organisation},
          {"control", job.letter.control},
          {"issueDate", fmt::format("{:%Y-%m-%d}", std::chrono::floor<std::chrono::days>(now))}};
}

}  // namespace

api::Result<core::Brought> Post::perform(const Job& job) {
  assert(job.step == core::Step::letter);
  const auto deadline = clock_.steady() + row_of(job.step).limit;
  const auto pin = vault_.unseal(job.sealed.pin, job.attempt.id, vault::Purpose::pin);
  if (!pin) return api::fail(Reason::vaultRefused, std::string(api::text_of(pin.error())));
  api::Secret puk;
  if (job.product.puk_on_letter) {
    TRY_ASSIGN(kept, puk_of(job, vault_));
    puk = std::move(kept);
  }
  TRY_ASSIGN(letter, draw_(fields_of(job, settings_.organisation, clock_.wall()), *pin, puk,
                           clock_.steady() + drawing_limit));
  TRY(send(job, letter, deadline));
  return core::Sealed{{}, job.sealed.puk};
}

api::Result<> Post::send(const Job& job, const api::Secret& letter, api::Deadline deadline) {
  if (settings_.printer) return settings_.printer->print(letter.reveal(), job.letter.control, deadline);
  const auto file = settings_.folder / (job.card.id.text() + ".pdf");
  if (const auto written = api::write_durably(file, letter.reveal(), api::IfExists::replace); !written)
    return api::fail(Reason::fileNotWritten, written.error());
  return {};
}

}  // namespace runtime
