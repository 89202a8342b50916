#pragma once
#include <deque>
#include <map>
#include <mutex>

#include "daemon/runtime/job.hpp"
#include "drivers/api/printer.hpp"

// What the faces of a card are drawn from, and where they wait for their print.
namespace runtime {

// Of a printer that was not seen yet: ID-1 at 300 dpi with the bleed that is usual among card printers.
inline constexpr api::ImageSpec image_unseen{1016, 648, 300};

// Faces that were rendered ahead, until they are printed, and what the stripe gets. Shared by the desk and
// the line: one puts, the other takes a copy.
class FaceShelf {
 public:
  void put(const core::AttemptId& attempt, api::Faces faces, api::Tracks tracks = {});
  std::optional<api::Faces> find(const core::AttemptId& attempt) const;
  std::optional<api::Tracks> tracks(const core::AttemptId& attempt) const;
  void set_image(const api::ImageSpec& image);
  // Of the printer as it was last seen.
  api::ImageSpec image() const;

 private:
  static constexpr std::size_t faces_max =
      4;  // one in the machine, one ahead, and what a restart of an attempt leaves
  struct Ready {
    core::AttemptId attempt;
    api::Faces faces;
    api::Tracks tracks;
  };
  mutable std::mutex mutex_;
  std::deque<Ready> ready_;
  api::ImageSpec image_ = image_unseen;
};

// What is asked of whoever draws: runtime does not know it.
struct FacesWanted {
  std::string front, back;  // texts of the layouts; empty: that face is not printed
  std::map<std::string, std::string> fields;
  api::ImageSpec image;
  bool chip = false;    // the front has contacts
  bool stripe = false;  // the back has a magnetic stripe
};

// What the layouts can print of this card: its own fields, name and photo of its portrait, and what the
// station knows. Dates are those of the attempt's start.
std::map<std::string, std::string> face_fields(const Job& job, const std::string& organisation);

// The text of a layout; empty for an empty path. Fails with layoutInvalid where there is none.
api::Result<std::string> read_layout(const std::string& path);
// Reads the layouts.
api::Result<FacesWanted> faces_wanted(const Job& job, const std::string& organisation,
                                      const api::ImageSpec& image);

// Stands in for a check code that is not known yet: no code is wider in any font with Latin capitals.
inline constexpr std::string_view widest_check_code = "WWWWWW";

}  // namespace runtime
