// What each operation of the printer does, step by step, and what a scripted fault makes of it.
#include <fmt/format.h>

#include "tools/simulator/faces.hpp"
#include "tools/simulator/world.hpp"

namespace simulator {
namespace {
constexpr Span cover_stays_open = 10s;
constexpr Span too_fast = 1s;

Span half(Span whole) {
  return whole / 2;
}
}  // namespace

World::Movement World::plan(const api::CardPlan& card) {
  if (inside_) return api::fail(api::Reason::printerFault, "a card is inside already");
  if (struck_by(FaultKind::hopperEmpty)) machine_.hopper_says_empty = true;
  if (hopper_ == 0 || machine_.hopper_says_empty) return api::fail(api::Reason::hopperEmpty);
  if ((card.print_front || card.print_back) && ribbon_ == 0) return api::fail(api::Reason::ribbonOut);
  TRY(check_transport());
  std::vector<Stage> stages;
  if (machine_.cold)
    stages.push_back({profile_.wake, [this]() -> api::Result<> {
                        machine_.cold = false;
                        return {};
                      }});
  if (struck_by(FaultKind::noCard)) {
    stages.push_back({profile_.feed, [] { return api::fail(api::Reason::feedFailed, "no card arrived"); }});
    return stages;
  }
  stages.push_back({profile_.feed, [this, name = card.name]() -> api::Result<> {
                      inside_ = take_blank(name);
                      machine_.position = api::CardPosition::feeder;
                      if (!struck_by(FaultKind::doubleFeed) || hopper_ == 0) return {};
                      second_ = take_blank(name + "-second");
                      machine_.position = api::CardPosition::transit;
                      return api::fail_unknown(api::Reason::feedFailed, "two cards arrived at once");
                    }});
  return stages;
}

World::Movement World::plan(ToContact) {
  if (!inside_) return api::fail(api::Reason::printerFault, "no card is inside");
  if (closed_) return std::vector<Stage>{};
  TRY(check_transport());
  std::vector<Stage> stages;
  stages.push_back({profile_.move, [this]() -> api::Result<> {
                      machine_.position = api::CardPosition::transit;
                      if (struck_by(FaultKind::notReached) || second_)
                        return api::fail(api::Reason::stationNotReached);
                      machine_.position = api::CardPosition::contact;
                      return {};
                    }});
  stages.push_back({profile_.engage, [this] { return engage(); }});
  return stages;
}

api::Result<> World::engage() {
  if (struck_by(FaultKind::mute)) mute_ = true;
  if (fault_) lose_reader(fault_->kind);
  close_contacts(!struck_by(FaultKind::notEngaged));
  return {};
}

World::Movement World::plan(RetryContact) {
  if (!closed_) return api::fail(api::Reason::printerFault, "no card is at the contact station");
  TRY(check_transport());
  std::vector<Stage> stages;
  stages.push_back({profile_.disengage, [this]() -> api::Result<> {
                      open_contacts();
                      return {};
                    }});
  stages.push_back({profile_.engage, [this] { return engage(); }});
  return stages;
}

World::Movement World::plan(LeaveContact) {
  if (!closed_) return api::fail(api::Reason::printerFault, "no card is at the contact station");
  TRY(check_transport());
  std::vector<Stage> stages;
  stages.push_back({profile_.disengage, [this]() -> api::Result<> {
                      open_contacts();
                      machine_.position = api::CardPosition::transit;
                      return {};
                    }});
  return stages;
}

api::Result<> World::check_magnetic() const {
  if (!options_.magnetic) return api::fail(api::Reason::lineCannot, "it has no magnetic head");
  if (!inside_) return api::fail(api::Reason::printerFault, "no card is inside");
  if (closed_) return api::fail(api::Reason::printerFault, "the card is at the contact station");
  return check_transport();
}

// A stripe that is being written can be read by nobody: what was on it goes first.
World::Movement World::plan(const WriteStripe& what) {
  TRY(check_magnetic());
  TRY(api::check_tracks(what.tracks));
  std::vector<Stage> stages;
  if (struck_by(FaultKind::stripeRefused)) {
    stages.push_back({profile_.stripe, [this]() -> api::Result<> {
                        machine_.position = api::CardPosition::magnetic;
                        return api::fail(api::Reason::stripeRefused,
                                         "the head reads nothing of what it wrote");
                      }});
    return stages;
  }
  stages.push_back({0ms, [this, tracks = what.tracks]() -> api::Result<> {
                      machine_.position = api::CardPosition::magnetic;
                      for (std::size_t i = 0; i < tracks.size(); ++i)
                        if (!tracks[i].empty()) inside_->tracks[i].clear();
                      return {};
                    }});
  stages.push_back({profile_.stripe, [this, tracks = what.tracks] { return magnetise(tracks); }});
  return stages;
}

api::Result<> World::magnetise(const api::Tracks& tracks) {
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    if (tracks[i].empty()) continue;
    inside_->tracks[i] = tracks[i];
    auto& last = inside_->tracks[i].back();
    if (struck_by(FaultKind::stripeWrong)) last = last == '0' ? '1' : '0';
  }
  if (!options_.directory.empty()) file_stripe();
  return {};
}

World::Movement World::plan(ReadStripe) {
  TRY(check_magnetic());
  std::vector<Stage> stages;
  stages.push_back({profile_.stripe, [this]() -> api::Result<> {
                      machine_.position = api::CardPosition::magnetic;
                      tracks_read_ = inside_->tracks;
                      return {};
                    }});
  return stages;
}

api::Result<> World::check_face(const std::optional<api::Planes>& face, std::string_view which) const {
  if (!face) return {};
  const auto& image = profile_.image;
  if (face->width != image.width || face->height != image.height)
    return api::fail(api::Reason::printerFault,
                     fmt::format("the {} is {} × {} pixels, not {} × {}", which, face->width, face->height,
                                 image.width, image.height));
  const std::size_t pixels = std::size_t{image.width} * image.height;
  const std::size_t bits = std::size_t{(image.width + 7) / 8} * image.height;
  const auto fits = [](const api::Bytes& plane, std::size_t size) {
    return plane.empty() || plane.size() == size;
  };
  if (!fits(face->color, 3 * pixels) || !fits(face->k, bits) || !fits(face->overlay, bits))
    return api::fail(api::Reason::printerFault, fmt::format("a plane of the {} has a wrong size", which));
  return {};
}

void World::add_face(std::vector<Stage>& stages, const api::Planes& face, bool front) {
  std::vector<Span> panels(face.color.empty() ? 0 : 3, profile_.dye);
  if (!face.k.empty()) panels.push_back(profile_.resin);
  if (!face.overlay.empty() && !profile_.retransfer) panels.push_back(profile_.varnish);
  for (const auto panel : panels) {
    const auto rewind = stages.empty() ? 0ms : profile_.rewind;
    stages.push_back({rewind + panel, [this]() -> api::Result<> {
                        if (ribbon_ == 0)
                          return api::fail_unknown(api::Reason::ribbonEndedInPrint, "before the second face");
                        machine_.position = api::CardPosition::print;
                        return {};
                      }});
  }
  // The planes are copied only where a picture of them is kept.
  const auto kept = options_.directory.empty() ? nullptr : std::make_shared<api::Planes>(face);
  stages.push_back({profile_.transfer, [this, front, kept]() -> api::Result<> {
                      (front ? inside_->front : inside_->back) = true;
                      ++machine_.counters.printed;
                      --ribbon_;
                      if (kept) write_face(*kept, face_file(front));
                      return {};
                    }});
}

// A stop in the middle of the first panel: what is laid down by then stays on the card.
void World::interrupt(std::vector<Stage>& stages) {
  const bool cover = struck_by(FaultKind::coverOpened);
  stages.resize(1);
  stages.front() = {half(stages.front().duration), [this, cover]() -> api::Result<> {
                      machine_.position = api::CardPosition::print;
                      if (cover) {
                        machine_.cover_closed_at = now_ + cover_stays_open;
                        machine_.ribbon_unsynced = true;
                        return api::fail_unknown(api::Reason::coverOpenedInPrint);
                      }
                      ribbon_ = 0;
                      return api::fail_unknown(api::Reason::ribbonEndedInPrint);
                    }};
}

World::Movement World::plan(Print what) {
  const auto& faces = what.faces;
  if (!inside_) return api::fail(api::Reason::printerFault, "no card is inside");
  if (closed_) return api::fail(api::Reason::printerFault, "the card is at the contact station");
  if (!faces.front && !faces.back) return api::fail(api::Reason::printerFault, "there is no face to print");
  TRY(check_face(faces.front, "front"));
  TRY(check_face(faces.back, "back"));
  if (struck_by(FaultKind::headTooHot)) machine_.head_cool_at = now_ + profile_.head_cooling;
  if (now_ < machine_.head_cool_at) return api::fail(api::Reason::headTooHot);
  if (ribbon_ == 0) return api::fail(api::Reason::ribbonOut);
  TRY(check_transport());
  std::vector<Stage> stages;
  if (struck_by(FaultKind::tooFast)) {
    stages.push_back({too_fast, [this]() -> api::Result<> {
                        machine_.position = api::CardPosition::print;
                        return {};
                      }});
    return stages;
  }
  if (faces.front) add_face(stages, *faces.front, true);
  if (faces.front && faces.back)
    stages.push_back({profile_.flip, [this]() -> api::Result<> {
                        machine_.position = api::CardPosition::flip;
                        return {};
                      }});
  if (faces.back) add_face(stages, *faces.back, false);
  if (struck_by(FaultKind::ribbonEnded) || struck_by(FaultKind::coverOpened)) interrupt(stages);
  if (struck_by(FaultKind::falseRibbonEnded))
    stages.push_back({0ms, [] { return api::fail_unknown(api::Reason::ribbonEndedInPrint); }});
  stages.insert(stages.begin(), {machine_.ribbon_unsynced ? profile_.ribbon_sync : 0ms,
                                 [this] { return begin_to_lay_down(); }});
  return stages;
}

api::Result<> World::begin_to_lay_down() {
  machine_.ribbon_unsynced = false;
  machine_.position = api::CardPosition::print;
  ++inside_->prints;
  return {};
}

World::Movement World::plan(api::Destination destination) {
  if (!inside_) return api::fail(api::Reason::printerFault, "no card is inside");
  const bool good = destination == api::Destination::output;
  if (struck_by(FaultKind::outputFull)) machine_.output_full = true;
  if (struck_by(FaultKind::rejectFull)) machine_.reject_full = true;
  if (good && machine_.output_full) return api::fail(api::Reason::outputFull);
  if (!good && machine_.reject_full) return api::fail(api::Reason::rejectBinFull);
  TRY(check_transport());
  std::vector<Stage> stages;
  if (closed_)
    stages.push_back({profile_.disengage, [this]() -> api::Result<> {
                        open_contacts();
                        return {};
                      }});
  stages.push_back({good ? profile_.eject : profile_.reject, [this, destination]() -> api::Result<> {
                      drop(destination);
                      return {};
                    }});
  return stages;
}

World::Movement World::plan(api::Recovery recovery) {
  machine_.jammed = false;
  std::vector<Stage> stages;
  if (recovery == api::Recovery::reset && inside_)
    stages.push_back({profile_.reject, [this]() -> api::Result<> {
                        open_contacts();
                        if (machine_.reject_full) return api::fail(api::Reason::rejectBinFull);
                        drop(api::Destination::rejectBin);
                        return {};
                      }});
  return stages;
}

}  // namespace simulator
