#pragma once
#include "daemon/core/event.hpp"
#include "ipc/call.hpp"

// The one place where a refusal becomes an error of org.cardwright.Production, whichever interface was
// called.
namespace service {

// Where in a refusal a parameter of the error stands.
enum class Source { subject, value, text, cards, lines, minimum, maximum, valueAsNumber };

struct ErrorParameter {
  core::Refused error;
  std::string_view name;
  Source source;
};

// Every parameter of every error that a refusal can become, as the interface declares them.
inline constexpr std::array error_parameters{
    ErrorParameter{core::Refused::cardNotFound, "card", Source::subject},
    ErrorParameter{core::Refused::batchNotFound, "batch", Source::subject},
    ErrorParameter{core::Refused::productNotFound, "product", Source::subject},
    ErrorParameter{core::Refused::orderNotFound, "order", Source::subject},
    ErrorParameter{core::Refused::productionTypeNotFound, "productionType", Source::subject},
    ErrorParameter{core::Refused::holderNotFound, "holder", Source::subject},
    ErrorParameter{core::Refused::holderNotActive, "holder", Source::subject},
    ErrorParameter{core::Refused::holderNotActive, "state", Source::value},
    ErrorParameter{core::Refused::holderHasCard, "holder", Source::subject},
    ErrorParameter{core::Refused::holderHasCard, "cards", Source::cards},
    ErrorParameter{core::Refused::photoNotFound, "photo", Source::subject},
    ErrorParameter{core::Refused::letterNotFound, "id", Source::subject},
    ErrorParameter{core::Refused::wrongState, "id", Source::subject},
    ErrorParameter{core::Refused::wrongState, "state", Source::value},
    ErrorParameter{core::Refused::wrongState, "verb", Source::text},
    ErrorParameter{core::Refused::amountOutOfRange, "amount", Source::valueAsNumber},
    ErrorParameter{core::Refused::amountOutOfRange, "minimum", Source::minimum},
    ErrorParameter{core::Refused::amountOutOfRange, "maximum", Source::maximum},
    ErrorParameter{core::Refused::numberOutOfRange, "field", Source::subject},
    ErrorParameter{core::Refused::numberOutOfRange, "value", Source::valueAsNumber},
    ErrorParameter{core::Refused::numberOutOfRange, "minimum", Source::minimum},
    ErrorParameter{core::Refused::numberOutOfRange, "maximum", Source::maximum},
    ErrorParameter{core::Refused::optionNotAllowed, "option", Source::subject},
    ErrorParameter{core::Refused::optionNotAllowed, "product", Source::value},
    ErrorParameter{core::Refused::optionInvalid, "option", Source::subject},
    ErrorParameter{core::Refused::optionInvalid, "value", Source::value},
    ErrorParameter{core::Refused::optionInvalid, "text", Source::text},
    ErrorParameter{core::Refused::cardNotInBatch, "card", Source::subject},
    ErrorParameter{core::Refused::cardNotInBatch, "batch", Source::value},
    ErrorParameter{core::Refused::noCards, "text", Source::text},
    ErrorParameter{core::Refused::batchNotSettled, "batch", Source::subject},
    ErrorParameter{core::Refused::batchNotSettled, "cards", Source::cards},
    ErrorParameter{core::Refused::batchNotSettled, "text", Source::text},
    ErrorParameter{core::Refused::reasonInvalid, "reason", Source::subject},
    ErrorParameter{core::Refused::manifestInvalid, "order", Source::subject},
    ErrorParameter{core::Refused::manifestInvalid, "lines", Source::lines},
    ErrorParameter{core::Refused::manifestOfOtherOrder, "order", Source::subject},
    ErrorParameter{core::Refused::manifestOfOtherOrder, "found", Source::value},
    ErrorParameter{core::Refused::importInvalid, "lines", Source::lines},
    ErrorParameter{core::Refused::encoderBusy, "card", Source::subject},
    ErrorParameter{core::Refused::encoderMissing, "text", Source::text},
    ErrorParameter{core::Refused::poolLifeOver, "card", Source::subject},
    ErrorParameter{core::Refused::poolLifeOver, "chipUntil", Source::value},
    ErrorParameter{core::Refused::evidenceMissing, "card", Source::subject},
    ErrorParameter{core::Refused::evidenceMissing, "reached", Source::value},
    ErrorParameter{core::Refused::evidenceMissing, "text", Source::text},
    ErrorParameter{core::Refused::idempotencyKeyReused, "idempotencyKey", Source::subject},
    ErrorParameter{core::Refused::limitExceeded, "field", Source::subject},
    ErrorParameter{core::Refused::limitExceeded, "maximum", Source::maximum},
    ErrorParameter{core::Refused::useCaseDisabled, "useCase", Source::subject},
};

void refuse(ipc::Reply& reply, const core::Refusal& refusal);

// Of Watch alone: the engine knows nothing of it.
void refuse_sequence(ipc::Reply& reply, std::int64_t oldest);

// Of StorePhoto alone: what is no picture never reaches the engine.
void refuse_photo(ipc::Reply& reply, std::string_view why);

// Of PreviewCard alone.
void refuse_drawing(ipc::Reply& reply, core::CardId card, const api::Failure& why);

// Refusals that the service makes itself, before the engine is asked.
core::Refusal refusal(core::Refused error, std::string subject, std::string value = {},
                      std::string text = {});
core::Refusal limit_exceeded(std::string field, std::size_t maximum);

}  // namespace service
