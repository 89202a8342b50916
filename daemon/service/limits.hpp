#pragma once
#include <cstddef>

#include "ipc/limits.hpp"

// What the interface takes and gives at most. These are decisions of this project; Varlink itself has no
// limits. Lengths count characters (Unicode code points). A card's texts are bounded so that a batch fits
// into a reply.
namespace service {

inline constexpr std::size_t note_length_max = 500;
inline constexpr std::size_t fields_max = 32;
inline constexpr std::size_t field_name_length_max = 64;
inline constexpr std::size_t field_value_length_max = 500;
inline constexpr std::size_t name_length_max = 64;  // of cards, batches, products, profiles and reasons
inline constexpr std::size_t certificates_max = 16;
inline constexpr std::size_t idempotency_key_length_max = 128;

inline constexpr std::size_t holder_name_length_max = 200;  // and of a UPN
inline constexpr std::size_t email_length_max = 254;  // RFC 5321 section 4.5.3.1.3, without the brackets
inline constexpr std::size_t photo_bytes_max = 1024 * 1024;  // decoded
inline constexpr std::size_t chip_serial_length_max = 64;

inline constexpr std::size_t line_problems_max = 100;  // of one table
inline constexpr std::size_t text_bytes_max =
    1000;  // of a reason in words; what a device says is cut to that
inline constexpr std::size_t list_cards_max = 1000;  // of one call without `more`
inline constexpr std::size_t list_batches_max = 100;
inline constexpr std::size_t list_batches_default = 20;
inline constexpr std::size_t list_orders_max = 100;
inline constexpr std::size_t list_orders_default = 20;
inline constexpr std::size_t list_doubts_max = 100;
inline constexpr std::size_t list_letters_max = 200;
inline constexpr std::size_t page_cards = 200;   // of one reply of a list with `more`
inline constexpr std::size_t page_changes = 50;  // sent at a time to one stream
// Changes that are kept in memory for streams that are not far behind; streams further back read the journal.
inline constexpr std::size_t recent_changes = 256;
// Streams that send at the same time. What the station does meanwhile waits for so many pages, no more.
inline constexpr std::size_t streams_at_once = 8;
// Of the first reply of Watch.
inline constexpr std::size_t watch_batches_max = 100;
inline constexpr std::size_t watch_cards_max = 200;  // of all of them: a batch with more is sent without
// Of one reply of PreviewCard, in base64: what the socket takes as one message, without what stands around.
// A face of 1016 × 648 dots that is all photo is about 1.3 MiB in PNG.
inline constexpr std::size_t preview_bytes_max = ipc::Limits{}.message_bytes_max - 4096;
// Previews that are drawn, wait for that, or wait for their client to read. Pictures that wait are outside of
// the limits of ipc. The second so that one user leaves room for the others.
inline constexpr std::size_t previews_max = 8;
inline constexpr std::size_t previews_per_user_max = 4;
// Cards are left out of a reply, or left to the next page, when they would take more bytes than this: half of
// what the socket takes as one message, since sizes are estimated.
inline constexpr std::size_t reply_text_max = 1024 * 1024;

}  // namespace service
