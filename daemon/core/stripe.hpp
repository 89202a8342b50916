#pragma once
#include <map>
#include <optional>
#include <string>

#include "daemon/core/product.hpp"
#include "drivers/api/stripe.hpp"

// What the magnetic stripe of a card gets: the product's tracks, filled with fields of the card. Nothing is
// made to fit: a text that the track cannot hold is refused, lower case letters too.
namespace core {

// fieldMissing: a field is not there, or empty. stripeInvalid: what comes of it cannot be on that track.
api::Result<api::Tracks> fill_tracks(const Product& product,
                                     const std::map<std::string, std::string>& fields);

// Why `text` cannot be track `number` (1 to 3) of any product, whatever the fields are; nothing when it may.
std::optional<std::string> problem_of_template(unsigned number, std::string_view text);

}  // namespace core
