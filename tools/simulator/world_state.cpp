// What a machine still has after a loss of power, and the files of its finished cards.
#include <boost/json.hpp>
#include <cctype>
#include <stdexcept>

#include "tools/simulator/world.hpp"

namespace simulator {
namespace {
namespace json = boost::json;

// A plan's name comes from a client: it names a file here, and nothing else.
std::string file_name(const Body& body) {
  if (body.plan.empty()) return "body-" + std::to_string(body.number);
  std::string name = body.plan;
  for (auto& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '_') c = '_';
  return name;
}

json::value to_json(const std::optional<Body>& body) {
  if (!body) return nullptr;
  return {
      {"number", body->number}, {"plan", body->plan},
      {"prints", body->prints}, {"front", body->front},
      {"back", body->back},     {"chip", body->chip ? json::value(body->chip->to_json()) : json::value()}};
}

std::optional<Body> body_of(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  const auto& object = value.as_object();
  Body body{.number = object.at("number").to_number<std::uint64_t>(),
            .plan = std::string(object.at("plan").as_string()),
            .prints = object.at("prints").to_number<unsigned>(),
            .front = object.at("front").as_bool(),
            .back = object.at("back").as_bool()};
  if (const auto& chip = object.at("chip"); !chip.is_null()) {
    auto card = VirtualCard::from_json(chip.as_string());
    if (!card) throw std::runtime_error("chip: " + card.error());
    body.chip = std::make_shared<VirtualCard>(std::move(*card));
  }
  return body;
}
}  // namespace

std::string World::state() const {
  return json::serialize(json::value{{"serial", options_.serial},
                                     {"fed", counters_.fed},
                                     {"printed", counters_.printed},
                                     {"ejected", counters_.ejected},
                                     {"rejected", counters_.rejected},
                                     {"removedByHand", removed_by_hand_},
                                     {"hopper", hopper_},
                                     {"hopperSaysEmpty", hopper_says_empty_},
                                     {"ribbon", ribbon_},
                                     {"position", api::name_of(position_)},
                                     {"jammed", jammed_},
                                     {"outputFull", output_full_},
                                     {"rejectFull", reject_full_},
                                     {"mute", mute_},
                                     {"inside", to_json(inside_)},
                                     {"second", to_json(second_)}});
}

tl::expected<void, std::string> World::restore(std::string_view text) try {
  const auto value = json::parse(text);
  const auto& object = value.as_object();
  options_.serial = std::string(object.at("serial").as_string());
  counters_ = {object.at("fed").to_number<std::uint64_t>(), object.at("printed").to_number<std::uint64_t>(),
               object.at("ejected").to_number<std::uint64_t>(),
               object.at("rejected").to_number<std::uint64_t>()};
  removed_by_hand_ = object.at("removedByHand").to_number<std::uint64_t>();
  hopper_ = object.at("hopper").to_number<unsigned>();
  hopper_says_empty_ = object.at("hopperSaysEmpty").as_bool();
  ribbon_ = object.at("ribbon").to_number<unsigned>();
  jammed_ = object.at("jammed").as_bool();
  output_full_ = object.at("outputFull").as_bool();
  reject_full_ = object.at("rejectFull").as_bool();
  mute_ = object.at("mute").as_bool();
  inside_ = body_of(object.at("inside"));
  second_ = body_of(object.at("second"));
  const auto position =
      api::from_name<api::CardPosition>(std::string_view(object.at("position").as_string()));
  if (!position) return tl::unexpected(std::string("position: no such place"));
  // Contacts open without power: what was at the contact station is not held there any more.
  position_ = inside_ && *position == api::CardPosition::contact ? api::CardPosition::transit : *position;
  restarted_ = true;
  return {};
} catch (const std::exception& problem) {
  return tl::unexpected(std::string("not a state of this simulator: ") + problem.what());
}

std::filesystem::path World::face_file(bool front) const {
  return options_.directory / "faces" / (file_name(*inside_) + (front ? "-front.png" : "-back.png"));
}

void World::file(const Body& body, api::Destination destination) const {
  const auto* folder = destination == api::Destination::output ? "tray" : "rejected";
  const auto chip = body.chip ? body.chip : chip_of(body.number);
  chip->set_faults({});  // they were this machine's, not the card's
  const auto saved = chip->save(options_.directory / folder / (file_name(body) + ".vcard"));
  if (!saved) throw std::runtime_error(saved.error());
}

}  // namespace simulator
