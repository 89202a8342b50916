#pragma once
#include "drivers/api/secret.hpp"

namespace vault {

// True for digits that people guess first: all equal, counting up or down (9 and 0 are neighbours), the same
// half or pair again and again, the same read backwards, or no more than two different digits.
// `digits` are ASCII digits, at least four.
bool is_weak(api::BytesView digits);

// A PIN or PUK of `length` ASCII digits (4 to 16), every one that is not weak with the same probability.
// Never `factory`: a change to it would prove nothing. Ends the process when the system has no randomness.
api::Secret generate_pin(std::size_t length, api::BytesView factory = {});

}  // namespace vault
