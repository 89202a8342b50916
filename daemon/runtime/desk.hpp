#pragma once
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>

#include "daemon/authority/authority.hpp"
#include "daemon/bureau/outbox.hpp"
#include "daemon/runtime/job.hpp"

namespace runtime {

// Faces that were rendered ahead, until they are printed. Shared by the desk and the line: one puts, the
// other takes a copy.
class FaceShelf {
 public:
  void put(const core::AttemptId& attempt, api::Faces faces);
  std::optional<api::Faces> find(const core::AttemptId& attempt) const;
  void set_image(const api::ImageSpec& image);
  api::ImageSpec image() const;

 private:
  static constexpr std::size_t faces_max =
      4;  // one in the machine, one ahead, and what a restart of an attempt leaves
  mutable std::mutex mutex_;
  std::deque<std::pair<core::AttemptId, api::Faces>> faces_;
  api::ImageSpec image_{};
};

struct DeskSettings {
  std::filesystem::path crl;  // file, PEM; empty: not published
  std::string organisation;
  const bureau::Outbox* outbox = nullptr;  // outlives the desk; null: there is no bureau
};

// What is done beside the line: faces, the revocation list, job files for a bureau. Used by one thread.
class Desk {
 public:
  // Draws the faces of one card: front layout, back layout (texts, empty: none) and fields.
  using Draw = std::function<api::Result<api::Faces>(const std::string& front, const std::string& back,
                                                     const std::map<std::string, std::string>& fields,
                                                     const api::ImageSpec& image, api::Deadline deadline)>;

  // All of these outlive the desk.
  Desk(Draw draw, FaceShelf& shelf, const authority::Authority& authority, const api::Clock& clock,
       DeskSettings settings)
      : draw_(std::move(draw)),
        shelf_(shelf),
        authority_(authority),
        clock_(clock),
        settings_(std::move(settings)) {}

  api::Result<core::Brought> perform(const Job& job);

 private:
  api::Result<core::Brought> render(const Job& job);
  api::Result<core::Brought> publish(const Job& job);
  api::Result<core::Brought> dispatch(const Job& job);

  Draw draw_;
  FaceShelf& shelf_;
  const authority::Authority& authority_;
  const api::Clock& clock_;
  DeskSettings settings_;
};

// What the layouts can print of this card: its own fields, and what the station knows.
std::map<std::string, std::string> face_fields(const Job& job, const DeskSettings& settings,
                                               api::WallTime now);

}  // namespace runtime
