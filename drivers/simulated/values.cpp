// The values of api::Printer as JSON, and back.
#include <stdexcept>

#include "drivers/simulated/protocol.hpp"

namespace simulated {
namespace {
namespace json = boost::json;

constexpr std::array movement_names{"free", "holdsInJob", "submitOnly"};

template <class E>
E enum_of(const json::value& value) {
  const auto found = api::from_name<E>(std::string_view(value.as_string()));
  if (!found) throw std::invalid_argument("unknown name");
  return *found;
}

std::string string_of(const json::value& value) {
  return std::string(value.as_string());
}

json::value to_json(const std::optional<unsigned>& number) {
  return number ? json::value(*number) : json::value();
}
std::optional<unsigned> optional_of(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  return value.to_number<unsigned>();
}

api::Movement movement_of(const json::value& value) {
  for (std::size_t i = 0; i < movement_names.size(); ++i)
    if (value.as_string() == movement_names[i]) return static_cast<api::Movement>(i);
  throw std::invalid_argument("unknown movement");
}
}  // namespace

json::object to_json(const api::Failure& failure) {
  return {{"reason", api::name_of(failure.reason)},
          {"unknown", failure.certainty == api::Certainty::unknown},
          {"detail", failure.detail}};
}
void from_json(const json::object& json, api::Failure& failure) {
  failure.reason = enum_of<api::Reason>(json.at("reason"));
  failure.certainty = json.at("unknown").as_bool() ? api::Certainty::unknown : api::Certainty::notDone;
  failure.detail = string_of(json.at("detail"));
}

json::object to_json(const api::PrinterIdentity& identity) {
  return {{"model", identity.model}, {"serial", identity.serial}};
}
void from_json(const json::object& json, api::PrinterIdentity& identity) {
  identity = {string_of(json.at("model")), string_of(json.at("serial"))};
}

json::object to_json(const api::Capabilities& can) {
  return {{"movement", movement_names[static_cast<std::size_t>(can.movement)]},
          {"contactStation", can.contact_station},
          {"magnetic", can.magnetic},
          {"duplex", can.duplex},
          {"rejectBin", can.reject_bin},
          {"positionKnown", can.position_known},
          {"countersPersist", can.counters_persist},
          {"width", can.image.width},
          {"height", can.image.height},
          {"dpi", can.image.dpi}};
}
void from_json(const json::object& json, api::Capabilities& can) {
  const auto* magnetic = json.if_contains("magnetic");  // a simulator from before has none
  can = {.movement = movement_of(json.at("movement")),
         .contact_station = json.at("contactStation").as_bool(),
         .magnetic = magnetic && magnetic->as_bool(),
         .duplex = json.at("duplex").as_bool(),
         .reject_bin = json.at("rejectBin").as_bool(),
         .position_known = json.at("positionKnown").as_bool(),
         .counters_persist = json.at("countersPersist").as_bool(),
         .image = {json.at("width").to_number<unsigned>(), json.at("height").to_number<unsigned>(),
                   json.at("dpi").to_number<unsigned>()}};
}

json::object to_json(const api::PrinterStatus& status) {
  json::array conditions, warnings;
  for (const auto condition : status.conditions) conditions.emplace_back(api::name_of(condition));
  for (const auto& warning : status.warnings) warnings.emplace_back(warning);
  return {{"state", api::name_of(status.state)}, {"conditions", std::move(conditions)},
          {"warnings", std::move(warnings)},     {"position", api::name_of(status.position)},
          {"restarted", status.restarted},       {"moving", status.moving}};
}
void from_json(const json::object& json, api::PrinterStatus& status) {
  status = {};
  status.state = enum_of<api::PrinterState>(json.at("state"));
  for (const auto& name : json.at("conditions").as_array())
    status.conditions.push_back(enum_of<api::Reason>(name));
  for (const auto& warning : json.at("warnings").as_array()) status.warnings.push_back(string_of(warning));
  status.position = enum_of<api::CardPosition>(json.at("position"));
  status.restarted = json.at("restarted").as_bool();
  const auto* moving = json.if_contains("moving");  // a simulator from before does not say it
  status.moving = moving && moving->as_bool();
}

json::object to_json(const api::Counters& counters) {
  return {{"fed", counters.fed},
          {"printed", counters.printed},
          {"ejected", counters.ejected},
          {"rejected", counters.rejected}};
}
void from_json(const json::object& json, api::Counters& counters) {
  const auto sum = [&](std::string_view name) { return json.at(name).to_number<std::uint64_t>(); };
  counters = {sum("fed"), sum("printed"), sum("ejected"), sum("rejected")};
}

json::object to_json(const api::Supplies& supplies) {
  return {{"hopperCards", to_json(supplies.hopper_cards)},
          {"ribbonPanels", to_json(supplies.ribbon_panels)},
          {"ribbonCapacity", to_json(supplies.ribbon_capacity)}};
}
void from_json(const json::object& json, api::Supplies& supplies) {
  supplies = {optional_of(json.at("hopperCards")), optional_of(json.at("ribbonPanels")),
              optional_of(json.at("ribbonCapacity"))};
}

json::object to_json(const api::CardPlan& plan) {
  return {{"name", plan.name},
          {"encode", plan.encode},
          {"printFront", plan.print_front},
          {"printBack", plan.print_back},
          {"stripe", plan.stripe}};
}
void from_json(const json::object& json, api::CardPlan& plan) {
  plan = {string_of(json.at("name")), json.at("encode").as_bool(), json.at("printFront").as_bool(),
          json.at("printBack").as_bool(), json.at("stripe").as_bool()};
}

json::object to_json(const api::Tracks& tracks) {
  return {{"tracks", json::array(tracks.begin(), tracks.end())}};
}
void from_json(const json::object& json, api::Tracks& tracks) {
  const auto& array = json.at("tracks").as_array();
  for (std::size_t i = 0; i < tracks.size(); ++i) tracks[i] = string_of(array.at(i));
}

namespace {
json::value describe(const std::optional<api::Planes>& face, api::Bytes& attachment) {
  if (!face) return nullptr;
  for (const auto* plane : {&face->color, &face->k, &face->overlay})
    attachment.insert(attachment.end(), plane->begin(), plane->end());
  return {{"width", face->width},
          {"height", face->height},
          {"color", face->color.size()},
          {"k", face->k.size()},
          {"overlay", face->overlay.size()}};
}

std::optional<api::Planes> planes_of(const json::value& value, api::BytesView& rest) {
  if (value.is_null()) return std::nullopt;
  const auto& json = value.as_object();
  api::Planes face;
  face.width = json.at("width").to_number<unsigned>();
  face.height = json.at("height").to_number<unsigned>();
  for (const auto& [name, plane] :
       {std::pair{"color", &face.color}, std::pair{"k", &face.k}, std::pair{"overlay", &face.overlay}}) {
    const auto size = json.at(name).to_number<std::size_t>();
    if (size > rest.size()) throw std::invalid_argument("less is attached than the planes need");
    plane->assign(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(size));
    rest = rest.subspan(size);
  }
  return face;
}
}  // namespace

Message to_message(const api::Faces& faces) {
  Message message;
  message.header["front"] = describe(faces.front, message.attachment);
  message.header["back"] = describe(faces.back, message.attachment);
  return message;
}
api::Faces faces_of(const Message& message) {
  api::BytesView rest = message.attachment;
  api::Faces faces;
  faces.front = planes_of(message.header.at("front"), rest);
  faces.back = planes_of(message.header.at("back"), rest);
  return faces;
}

}  // namespace simulated
