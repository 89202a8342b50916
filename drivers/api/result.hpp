#pragma once
#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "drivers/api/reason.hpp"

namespace api {

// A device answers one of three things: done (the value), surely not done, or nobody knows. A time-out and a
// broken link are `unknown`, never `notDone`.
enum class Certainty { notDone, unknown };

struct Failure {
  Reason reason;
  Certainty certainty = Certainty::notDone;
  std::string detail;  // for people: never parsed, never holds a secret
};

template <class T = void>
using Result = tl::expected<T, Failure>;

inline tl::unexpected<Failure> fail(Reason reason, std::string detail = {}) {
  return tl::unexpected(Failure{reason, Certainty::notDone, std::move(detail)});
}
inline tl::unexpected<Failure> fail_unknown(Reason reason, std::string detail = {}) {
  return tl::unexpected(Failure{reason, Certainty::unknown, std::move(detail)});
}

}  // namespace api

// For synchronous code only (GCC 12 miscompiles such forms around co_await).
// TRY(f());             leaves the function with f's failure
// TRY_ASSIGN(x, f());   declares `auto x` with f's value, or leaves with its failure
#define CARDWRIGHT_JOIN_(a, b) a##b
#define CARDWRIGHT_JOIN(a, b) CARDWRIGHT_JOIN_(a, b)
#define TRY(expression)                                                                            \
  if (auto CARDWRIGHT_JOIN(result_, __LINE__) = (expression); !CARDWRIGHT_JOIN(result_, __LINE__)) \
  return tl::unexpected(std::move(CARDWRIGHT_JOIN(result_, __LINE__)).error())
#define TRY_ASSIGN(name, expression)                                              \
  auto CARDWRIGHT_JOIN(result_, __LINE__) = (expression);                         \
  if (!CARDWRIGHT_JOIN(result_, __LINE__))                                        \
    return tl::unexpected(std::move(CARDWRIGHT_JOIN(result_, __LINE__)).error()); \
  auto name = *std::move(CARDWRIGHT_JOIN(result_, __LINE__))
