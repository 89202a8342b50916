// What a machine still has after a loss of power, and the files of its finished cards.
#include <boost/json.hpp>
#include <cctype>
#include <fstream>
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

json::value body_json(const std::optional<Body>& body) {
  if (!body) return nullptr;
  return {{"number", body->number},
          {"plan", body->plan},
          {"prints", body->prints},
          {"front", body->front},
          {"back", body->back},
          {"tracks", json::array(body->tracks.begin(), body->tracks.end())},
          {"chip", body->chip ? json::value(body->chip->to_json()) : json::value()}};
}

template <class E>
E enum_of(const json::value& name) {
  const auto value = api::from_name<E>(std::string_view(name.as_string()));
  if (!value) throw std::runtime_error(json::serialize(name) + " is no name that it knows");
  return *value;
}

std::optional<Body> body_of(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  const auto& object = value.as_object();
  Body body{.number = object.at("number").to_number<std::uint64_t>(),
            .plan = std::string(object.at("plan").as_string()),
            .prints = object.at("prints").to_number<unsigned>(),
            .front = object.at("front").as_bool(),
            .back = object.at("back").as_bool()};
  if (const auto* tracks = object.if_contains("tracks"))  // a state from before has none
    for (std::size_t i = 0; i < body.tracks.size(); ++i)
      body.tracks[i] = std::string(tracks->as_array().at(i).as_string());
  if (const auto& chip = object.at("chip"); !chip.is_null()) {
    auto card = VirtualCard::from_json(chip.as_string());
    if (!card) throw std::runtime_error("chip: " + card.error());
    body.chip = std::make_shared<VirtualCard>(std::move(*card));
  }
  return body;
}
}  // namespace

json::object World::to_json(const Machine& machine) {
  const auto& counters = machine.counters;
  return {{"fed", counters.fed},
          {"printed", counters.printed},
          {"ejected", counters.ejected},
          {"rejected", counters.rejected},
          {"position", api::name_of(machine.position)},
          {"hopperSaysEmpty", machine.hopper_says_empty},
          {"jammed", machine.jammed},
          {"outputFull", machine.output_full},
          {"rejectFull", machine.reject_full},
          {"purge", api::name_of(machine.purge)}};
}

World::Machine World::machine_of(const json::value& value) {
  const auto& object = value.as_object();
  const auto number = [&](std::string_view name) { return object.at(name).to_number<std::uint64_t>(); };
  Machine machine;
  machine.counters = {number("fed"), number("printed"), number("ejected"), number("rejected")};
  machine.position = enum_of<api::CardPosition>(object.at("position"));
  machine.hopper_says_empty = object.at("hopperSaysEmpty").as_bool();
  machine.jammed = object.at("jammed").as_bool();
  machine.output_full = object.at("outputFull").as_bool();
  machine.reject_full = object.at("rejectFull").as_bool();
  machine.purge = enum_of<Purge>(object.at("purge"));
  machine.restarted = true;
  return machine;
}

std::string World::state() const {
  json::object elsewhere;
  for (const auto& [serial, machine] : elsewhere_) elsewhere[serial] = to_json(machine);
  return json::serialize(json::value{{"serial", options_.serial},
                                     {"machine", to_json(machine_)},
                                     {"elsewhere", std::move(elsewhere)},
                                     {"blanksUsed", blanks_used_},
                                     {"removedByHand", removed_by_hand_},
                                     {"takenAway", taken_away_},
                                     {"hopper", hopper_},
                                     {"ribbon", ribbon_},
                                     {"mute", mute_},
                                     {"inside", body_json(inside_)},
                                     {"second", body_json(second_)}});
}

tl::expected<void, std::string> World::restore(std::string_view text) try {
  const auto value = json::parse(text);
  const auto& object = value.as_object();
  options_.serial = std::string(object.at("serial").as_string());
  machine_ = machine_of(object.at("machine"));
  for (const auto& [serial, machine] : object.at("elsewhere").as_object())
    elsewhere_[std::string(serial)] = machine_of(machine);
  blanks_used_ = object.at("blanksUsed").to_number<std::uint64_t>();
  removed_by_hand_ = object.at("removedByHand").to_number<std::uint64_t>();
  taken_away_ = object.at("takenAway").to_number<std::uint64_t>();
  hopper_ = object.at("hopper").to_number<unsigned>();
  ribbon_ = object.at("ribbon").to_number<unsigned>();
  mute_ = object.at("mute").as_bool();
  inside_ = body_of(object.at("inside"));
  second_ = body_of(object.at("second"));
  // Contacts open without power: what was at the contact station is not held there any more.
  if (inside_ && machine_.position == api::CardPosition::contact)
    machine_.position = api::CardPosition::transit;
  return {};
} catch (const std::exception& problem) {
  return tl::unexpected(std::string("not a state of this simulator: ") + problem.what());
}

std::filesystem::path World::face_file(bool front) const {
  return options_.directory / "faces" / (file_name(*inside_) + (front ? "-front.png" : "-back.png"));
}

// One track a line.
void World::file_stripe() const {
  std::ofstream file(options_.directory / "faces" / (file_name(*inside_) + "-stripe.txt"), std::ios::trunc);
  for (const auto& track : inside_->tracks) file << track << '\n';
  if (!file.flush()) throw std::runtime_error("a stripe cannot be kept in " + options_.directory.string());
}

void World::file(const Body& body, api::Destination destination) const {
  const auto* folder = destination == api::Destination::output ? "tray" : "rejected";
  const auto chip = body.chip ? body.chip : chip_of(body.number);
  chip->set_faults({});  // they were this machine's, not the card's
  const auto saved = chip->save(options_.directory / folder / (file_name(body) + ".vcard"));
  if (!saved) throw std::runtime_error(saved.error());
}

}  // namespace simulator
