#pragma once
#include <filesystem>
#include <functional>

#include "daemon/authority/authority.hpp"
#include "daemon/bureau/outbox.hpp"
#include "daemon/runtime/faces.hpp"

namespace runtime {

struct DeskSettings {
  std::filesystem::path crl;  // file, PEM; empty: not published
  std::string organisation;
  const bureau::Outbox* outbox = nullptr;  // outlives the desk; null: there is no bureau
};

// What is done beside the line: faces, the revocation list, job files for a bureau. Used by one thread.
class Desk {
 public:
  using Draw = std::function<api::Result<api::Faces>(const FacesWanted& wanted, api::Deadline deadline)>;

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

}  // namespace runtime
