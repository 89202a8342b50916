#pragma once
#include <string_view>

namespace ipc_test {

// The interface that the tests serve.
inline constexpr std::string_view cards = R"(# Cards for tests.
interface org.example.cards

type Holder (name: string, photo: ?string)
type State (waiting, made)

# Makes cards.
method Make(
  # How many.
  amount: int,
  holders: ?[]Holder,
  state: ?State,
  fields: ?[string]string,
  price: ?float,
  draft: ?bool,
  extra: ?object
) -> (cards: []string)

method Later(text: ?string) -> (text: ?string)
method Watch() -> (text: string)
method Future() -> ()

error OutOfCards (left: int)
error Closed
)";

}  // namespace ipc_test
