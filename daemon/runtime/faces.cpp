#include "daemon/runtime/faces.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <fstream>
#include <sstream>

namespace runtime {

using api::Reason;

void FaceShelf::put(const core::AttemptId& attempt, api::Faces faces, api::Tracks tracks) {
  const std::lock_guard lock(mutex_);
  if (ready_.size() == faces_max) ready_.pop_front();
  ready_.push_back({attempt, std::move(faces), std::move(tracks)});
}

std::optional<api::Faces> FaceShelf::find(const core::AttemptId& attempt) const {
  const std::lock_guard lock(mutex_);
  for (const auto& ready : ready_)
    if (ready.attempt == attempt) return ready.faces;
  return std::nullopt;
}

std::optional<api::Tracks> FaceShelf::tracks(const core::AttemptId& attempt) const {
  const std::lock_guard lock(mutex_);
  for (const auto& ready : ready_)
    if (ready.attempt == attempt) return ready.tracks;
  return std::nullopt;
}

void FaceShelf::set_image(const api::ImageSpec& image) {
  const std::lock_guard lock(mutex_);
  image_ = image;
}

api::ImageSpec FaceShelf::image() const {
  const std::lock_guard lock(mutex_);
  return image_;
}

namespace {

std::string date(std::chrono::year_month_day day) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()));
}

// StorePhoto took nothing but the two.
std::string data_uri(const api::Bytes& photo) {
  const bool png = photo.front() == 0x89;  // W3C PNG, 5.2
  return fmt::format("data:image/{};base64,{}", png ? "png" : "jpeg", api::to_base64(photo));
}

}  // namespace

// A photo that is erased by now is missing, rather than drawn as the digest that names it.
std::map<std::string, std::string> face_fields(const Job& job, const std::string& organisation) {
  auto fields = job.card.fields;
  const auto& portrait = job.portrait;
  if (!portrait.name.empty()) fields["name"] = portrait.name;
  fields.erase("photo");
  if (!portrait.photo.empty()) fields["photo"] = data_uri(portrait.photo);
  fields["number"] = job.card.number;
  fields["product"] = job.product.title;
  fields["organisation"] = organisation;
  fields["checkCode"] = job.attempt.check_code;
  fields["issueDate"] = date(std::chrono::floor<std::chrono::days>(job.attempt.started));
  fields["expiryDate"] = date(core::chip_end(job.product, job.attempt.started));
  return fields;
}

api::Result<std::string> read_layout(const std::string& path) {
  if (path.empty()) return std::string{};
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf()))
    return api::fail(Reason::layoutInvalid, fmt::format("{} cannot be read", path));
  return text.str();
}

api::Result<FacesWanted> faces_wanted(const Job& job, const std::string& organisation,
                                      const api::ImageSpec& image) {
  TRY_ASSIGN(front, read_layout(job.product.layout_front));
  TRY_ASSIGN(back, read_layout(job.product.layout_back));
  return FacesWanted{std::move(front),
                     std::move(back),
                     face_fields(job, organisation),
                     image,
                     job.product.chip,
                     core::has_stripe(job.product)};
}

}  // namespace runtime
