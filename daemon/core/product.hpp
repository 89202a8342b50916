#pragma once
#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/core/ids.hpp"
#include "drivers/api/card_family.hpp"
#include "drivers/api/clock.hpp"

namespace core {

enum class Confirm { byOperator, automatic };
inline constexpr std::array<api::EnumRow<Confirm>, 2> confirm_rows{{
    {Confirm::byOperator, "operator", "a person confirms each batch"},
    {Confirm::automatic, "automatic", "good cards are confirmed by themselves"},
}};
static_assert(api::well_formed(confirm_rows));
constexpr const auto& rows_of(Confirm) {
  return confirm_rows;
}

// What a card family takes; the drivers' figures (PIV: SP 800-73-4 part 2, 2.4.3).
struct FamilyLimits {
  std::string family = "piv";
  unsigned pin_min = 6, pin_max = 8;
  unsigned puk_min = 8, puk_max = 8;
};

struct ProductCertificate {
  std::string profile;  // as a request names it
  api::KeyPurpose purpose;
  api::KeyAlgorithm algorithm;
};

// The options that a request may override; what is absent is as the product says.
struct Options {
  std::optional<unsigned> pin_length;
  std::optional<unsigned> puk_length;
  std::optional<bool> encode;
  std::optional<std::vector<std::string>> certificates;
  friend bool operator==(const Options&, const Options&) = default;
};

struct Product {
  std::string name, title;
  unsigned pin_length = 6, puk_length = 8;
  bool encode = true;
  std::vector<ProductCertificate> certificates;
  Confirm confirm = Confirm::byOperator;
  std::string layout_front, layout_back;  // absolute paths; empty: that face is not printed
  unsigned pool_days = 365;               // chip and certificates live this long from production
  unsigned validity_days = 14;            // an assignment lives this long
  bool own_management_key = true;
  bool puk_on_letter = false;
  bool chip = true;  // its blanks have a chip: no print may reach its contacts
  // What the magnetic stripe gets (ISO/IEC 7811), track 1 to 3, with {FIELD} for fields of the card; empty:
  // that track is not written.
  std::array<std::string, 3> tracks;
  std::set<std::string> operator_may_change;  // wire names of Options
};

// Who makes the cards of an order.
enum class Producer { station, bureau };
inline constexpr std::array<api::EnumRow<Producer>, 2> producer_rows{{
    {Producer::station, "station", "made here"},
    {Producer::bureau, "bureau", "made by a bureau"},
}};
static_assert(api::well_formed(producer_rows));
constexpr const auto& rows_of(Producer) {
  return producer_rows;
}

// How an order is carried out.
struct ProductionType {
  std::string name;
  std::string product;
  Producer producer = Producer::station;
  std::optional<bool> queue;              // absent: the order says
  std::chrono::minutes queue_minutes{0};  // an order waits in the queue at least so long
};

// Families of commands that the station offers.
struct UseCases {
  bool request = true;      // requesting and issuing cards
  bool order = false;       // ordering cards, the queue of orders
  bool initialize = false;  // initialising produced bodies
  bool assign = false;      // assigning, extending, withdrawing and locking cards of the pool; holders
  bool import = false;      // importing batches
};

// As they are called in the configuration and in UseCaseDisabled.
inline constexpr std::array<std::pair<std::string_view, bool UseCases::*>, 5> use_case_names{
    {{"request", &UseCases::request},
     {"order", &UseCases::order},
     {"initialize", &UseCases::initialize},
     {"assign", &UseCases::assign},
     {"import", &UseCases::import}}};

// What the configuration says about production, as values.
struct Rules {
  std::map<std::string, Product> products;
  // As attempts that are under way began with them: what is changed meanwhile is for the next ones.
  std::map<AttemptId, Product> begun;
  std::string default_product;
  std::map<std::string, ProductionType> production_types;
  std::string default_production_type;  // empty: an order has to name one
  FamilyLimits family;
  std::string number_prefix = "T";
  std::string organisation;
  UseCases use_cases;
  unsigned amount_max = 9;
  unsigned batch_cards_max = 1000;
  unsigned consecutive_failures_max = 3;
  std::chrono::hours crl_validity{24 * 7};  // a new revocation list is due after half of it
  unsigned attempts_max = 5;                // of one card: a card that failed so often is given up
  unsigned import_cards_max = 1000;
  unsigned orders_open_max = 10'000;  // orders that are neither completed nor aborted
  unsigned cards_per_holder = 1;      // assigned at a time
  unsigned letter_persons = 0;        // who have to release a letter: nobody, one, two different ones
  bool letters_printed = false;       // on paper: what became of one is not known after a crash
  bool hand_encoder = false;          // there is an encoder for cards that are put in by hand
  std::vector<std::chrono::minutes> shifts{
      std::chrono::hours(6), std::chrono::hours(14),
      std::chrono::hours(22)};     // when they begin, in local time; at least one, rising, within a day
  std::chrono::days retention{0};  // fields, notes and photos are erased so long after production; 0: kept
};

struct OptionProblem {
  std::string option;  // wire name
  std::string value;
  std::string text;
  bool allowed = true;  // false: the product does not let a request change it
};

inline bool has_stripe(const Product& product) {
  return std::ranges::any_of(product.tracks, [](const std::string& track) { return !track.empty(); });
}

// Faces that are printed: none, one or two.
inline unsigned faces_of(const Product& product) {
  return (product.layout_front.empty() ? 0U : 1U) + (product.layout_back.empty() ? 0U : 1U);
}

// The end of a chip and of its certificates that were begun then: midnight (UTC) of the last day of its pool
// life, the day that stands in its CHUID.
inline std::chrono::sys_days chip_end(const Product& product, api::WallTime started) {
  return std::chrono::floor<std::chrono::days>(started) + std::chrono::days(product.pool_days);
}

// The first thing wrong with these options for this product; nothing when they are right.
std::optional<OptionProblem> check_options(const Product& product, const Options& options,
                                           const FamilyLimits& limits);

// The product as these options make it. Only for options that passed the check.
Product with_options(Product product, const Options& options);

}  // namespace core
