#pragma once
#include <string_view>

#include "daemon/service/limits.hpp"
#include "daemon/service/wire.hpp"

// From what a client said to what the engine takes. What the types of the interface cannot say is checked
// here; what depends on the configuration or on states is left to the engine.
namespace service {

template <class T>
using Checked = tl::expected<T, core::Refusal>;
using Problem = std::optional<core::Refusal>;

// Not longer than so many bytes, and whole characters: what is too long ends in "…".
std::string cut(std::string_view text, std::size_t maximum = name_length_max);
// Characters are Unicode code points; the texts are valid UTF-8, or the parser would have refused the
// message.
Problem check_length(std::string_view field, std::string_view text, std::size_t maximum);
// Whether there is no control character in it (C0, DEL, C1): it cannot pretend to be two records, nor command
// a terminal.
bool is_one_line(std::string_view text);
Problem check_fields(const wire::Fields& fields);

Checked<core::BatchId> to_batch_id(std::string_view text);
Checked<core::CardId> to_card_id(std::string_view text);
Checked<core::OrderId> to_order_id(std::string_view text);
// That it can be one.
Checked<std::string> to_holder_id(std::string_view text);
Checked<std::vector<core::CardId>> to_card_ids(const wire::Strings& texts, const core::Rules& rules);
Checked<core::Options> to_options(const wire::Options& options);
Checked<api::Reason> to_reason(std::string_view text);

}  // namespace service
